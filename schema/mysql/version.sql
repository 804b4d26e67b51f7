-- The version, of all the last: a database that has it is complete.

CREATE TABLE schema_version (
    version INT NOT NULL,
    minor INT DEFAULT NULL,
    PRIMARY KEY (version)
) ENGINE = InnoDB;

INSERT INTO schema_version (version, minor) VALUES (30, 0);
