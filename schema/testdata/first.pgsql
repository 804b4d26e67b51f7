-- The first schema of Kea (1.0), as far as the upgrades from it need it.
CREATE TABLE lease4 (
    address BIGINT PRIMARY KEY NOT NULL, hwaddr BYTEA, client_id BYTEA, valid_lifetime BIGINT,
    expire TIMESTAMP WITH TIME ZONE, subnet_id BIGINT, fqdn_fwd BOOLEAN, fqdn_rev BOOLEAN, hostname VARCHAR(255));
CREATE INDEX lease4_by_hwaddr_subnet_id ON lease4 (hwaddr, subnet_id);
CREATE INDEX lease4_by_client_id_subnet_id ON lease4 (client_id, subnet_id);
CREATE TABLE lease6 (
    address VARCHAR(39) PRIMARY KEY NOT NULL, duid BYTEA, valid_lifetime BIGINT, expire TIMESTAMP WITH TIME ZONE,
    subnet_id BIGINT, pref_lifetime BIGINT, lease_type SMALLINT, iaid INT, prefix_len SMALLINT,
    fqdn_fwd BOOLEAN, fqdn_rev BOOLEAN, hostname VARCHAR(255));
CREATE INDEX lease6_by_iaid_subnet_id_duid ON lease6 (iaid, subnet_id, duid);
CREATE TABLE lease6_types (lease_type SMALLINT PRIMARY KEY NOT NULL, name VARCHAR(5));
INSERT INTO lease6_types VALUES (0, 'IA_NA'), (1, 'IA_TA'), (2, 'IA_PD');
CREATE TABLE schema_version (version INT PRIMARY KEY NOT NULL, minor INT);
INSERT INTO schema_version VALUES (1, 0);
INSERT INTO lease4 VALUES (3221225985, decode('020000000001', 'hex'), '', 3600, '2030-01-02 03:04:05', 1, true, false, 'One.Example');
INSERT INTO lease6 VALUES ('2001:db8::0001', decode('00030001020000000001', 'hex'), 3600, '2030-01-02 03:04:05', 1, 1800, 0, -294967296, 128, true, false, 'Six.Example');
INSERT INTO lease6 VALUES ('2001:db8:0:0::12', decode('00030001020000000002', 'hex'), 3600, '2030-01-02 03:04:05', 1, 1800, 0, 7, 128, true, false, '');
