-- The version, of all the last: a database that has it is complete.

CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    minor INTEGER,
    PRIMARY KEY (version)
);

INSERT INTO schema_version (version, minor) VALUES (29, 0);
