-- The rows that other rows refer to.

INSERT INTO lease_state (state, name) VALUES
    (0, 'default'),
    (1, 'declined'),
    (2, 'expired-reclaimed'),
    (3, 'released'),
    (4, 'registered');

INSERT INTO lease6_types (lease_type, name) VALUES
    (0, 'IA_NA'),
    (1, 'IA_TA'),
    (2, 'IA_PD');

-- The daemons write 2 for DUID and 4 for link-local: the names of the two are those of
-- each other, as in Kea.
INSERT INTO lease_hwaddr_source (hwaddr_source, name) VALUES
    (0, 'HWADDR_SOURCE_UNKNOWN'),
    (1, 'HWADDR_SOURCE_RAW'),
    (2, 'HWADDR_SOURCE_IPV6_LINK_LOCAL'),
    (4, 'HWADDR_SOURCE_DUID'),
    (8, 'HWADDR_SOURCE_CLIENT_ADDR_RELAY_OPTION'),
    (16, 'HWADDR_SOURCE_REMOTE_ID'),
    (32, 'HWADDR_SOURCE_SUBSCRIBER_ID'),
    (64, 'HWADDR_SOURCE_DOCSIS_CMTS'),
    (128, 'HWADDR_SOURCE_DOCSIS_MODEM');

INSERT INTO host_identifier_type (type, name) VALUES
    (0, 'hw-address'),
    (1, 'duid'),
    (2, 'circuit-id'),
    (3, 'client-id'),
    (4, 'flex-id');

INSERT INTO dhcp_option_scope (scope_id, scope_name) VALUES
    (0, 'global'),
    (1, 'subnet'),
    (2, 'client-class'),
    (3, 'host'),
    (4, 'shared-network'),
    (5, 'pool'),
    (6, 'pd-pool');

INSERT INTO modification (id, modification_type) VALUES
    (0, 'create'),
    (1, 'update'),
    (2, 'delete');

INSERT INTO parameter_data_type (id, name) VALUES
    (0, 'integer'),
    (1, 'real'),
    (2, 'boolean'),
    (4, 'string');

-- 9 is not in use.
INSERT INTO option_def_data_type (id, name) VALUES
    (0, 'empty'),
    (1, 'binary'),
    (2, 'boolean'),
    (3, 'int8'),
    (4, 'int16'),
    (5, 'int32'),
    (6, 'uint8'),
    (7, 'uint16'),
    (8, 'uint32'),
    (10, 'ipv4-address'),
    (11, 'ipv6-address'),
    (12, 'ipv6-prefix'),
    (13, 'psid'),
    (14, 'string'),
    (15, 'tuple'),
    (16, 'fqdn'),
    (17, 'internal'),
    (254, 'record');

INSERT INTO ddns_replace_client_name_types (type, name) VALUES
    (0, 'RCM_NEVER'),
    (1, 'RCM_ALWAYS'),
    (2, 'RCM_WHEN_PRESENT'),
    (3, 'RCM_WHEN_NOT_PRESENT');

-- The server with id 1 stands for all servers.
INSERT INTO dhcp4_server (id, tag, description, modification_ts) VALUES
    (1, 'all', 'special type: all servers', CURRENT_TIMESTAMP);
INSERT INTO dhcp6_server (id, tag, description, modification_ts) VALUES
    (1, 'all', 'special type: all servers', CURRENT_TIMESTAMP);

-- The next server gets the id after it.
SELECT setval('dhcp4_server_id_seq', 1);
SELECT setval('dhcp6_server_id_seq', 1);
