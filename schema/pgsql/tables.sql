-- Tables of Kea's database, schema 29.0, for PostgreSQL. Each column, constraint and
-- index is on a line of its own: package schema reads them to bring an older database
-- to this form.

CREATE TABLE ddns_replace_client_name_types (
    type BIGINT NOT NULL,
    name VARCHAR(32),
    PRIMARY KEY (type)
);

CREATE TABLE modification (
    id SMALLINT NOT NULL,
    modification_type VARCHAR(32) NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE dhcp4_audit_revision (
    id SERIAL NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    log_message TEXT,
    server_id BIGINT,
    PRIMARY KEY (id)
);

CREATE TABLE dhcp4_audit (
    id SERIAL NOT NULL,
    object_type VARCHAR(256) NOT NULL,
    object_id BIGINT NOT NULL,
    modification_type SMALLINT NOT NULL,
    revision_id BIGINT NOT NULL,
    UNIQUE (id),
    CONSTRAINT fk_dhcp4_audit_modification_type FOREIGN KEY (modification_type) REFERENCES modification (id),
    CONSTRAINT fk_dhcp4_audit_revision FOREIGN KEY (revision_id) REFERENCES dhcp4_audit_revision (id) ON UPDATE CASCADE
);
CREATE INDEX dhcp4_audit_idx1 ON dhcp4_audit (modification_type);
CREATE INDEX dhcp4_audit_idx2 ON dhcp4_audit (revision_id);

CREATE TABLE dhcp4_client_class (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    test TEXT,
    next_server INET,
    server_hostname VARCHAR(128) DEFAULT NULL,
    boot_file_name VARCHAR(512) DEFAULT NULL,
    only_in_additional_list BOOLEAN NOT NULL DEFAULT false,
    valid_lifetime BIGINT,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    depend_on_known_directly BOOLEAN NOT NULL DEFAULT false,
    follow_class_name VARCHAR(128) DEFAULT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    user_context JSON,
    offer_lifetime BIGINT,
    PRIMARY KEY (id),
    UNIQUE (name)
);
CREATE INDEX key_dhcp4_client_class_modification_ts ON dhcp4_client_class (modification_ts);

CREATE TABLE dhcp4_client_class_dependency (
    class_id BIGINT NOT NULL,
    dependency_id BIGINT NOT NULL,
    PRIMARY KEY (class_id, dependency_id),
    CONSTRAINT dhcp4_client_class_class_id FOREIGN KEY (class_id) REFERENCES dhcp4_client_class (id) ON DELETE CASCADE,
    CONSTRAINT dhcp4_client_class_dependency_id FOREIGN KEY (dependency_id) REFERENCES dhcp4_client_class (id)
);
CREATE INDEX dhcp4_client_class_dependency_id_idx ON dhcp4_client_class_dependency (dependency_id);

CREATE TABLE dhcp4_client_class_order (
    class_id BIGINT NOT NULL,
    order_index BIGINT NOT NULL,
    depend_on_known_indirectly BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (class_id),
    CONSTRAINT fk_dhcp4_client_class_order_class_id FOREIGN KEY (class_id) REFERENCES dhcp4_client_class (id) ON DELETE CASCADE
);
CREATE INDEX key_dhcp4_client_class_order_index ON dhcp4_client_class_order (order_index);

CREATE TABLE dhcp4_server (
    id SERIAL NOT NULL,
    tag VARCHAR(64) NOT NULL,
    description TEXT,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE (tag)
);
CREATE INDEX dhcp4_server_modification_ts ON dhcp4_server (modification_ts);

CREATE TABLE dhcp4_client_class_server (
    class_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (class_id, server_id),
    CONSTRAINT fk_dhcp4_client_class_class_id FOREIGN KEY (class_id) REFERENCES dhcp4_client_class (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_client_class_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id)
);
CREATE INDEX fk_dhcp4_client_class_server_id ON dhcp4_client_class_server (server_id);

CREATE TABLE parameter_data_type (
    id SMALLINT NOT NULL,
    name VARCHAR(32) NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE dhcp4_global_parameter (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    value TEXT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    parameter_type SMALLINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp6_global_parameter_type FOREIGN KEY (parameter_type) REFERENCES parameter_data_type (id)
);
CREATE INDEX dhcp4_global_parameter_idx1 ON dhcp4_global_parameter (modification_ts);
CREATE INDEX dhcp4_global_parameter_idx2 ON dhcp4_global_parameter (name);

CREATE TABLE dhcp4_global_parameter_server (
    parameter_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (parameter_id, server_id),
    CONSTRAINT fk_dhcp4_global_parameter_server_parameter_id FOREIGN KEY (parameter_id) REFERENCES dhcp4_global_parameter (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_global_parameter_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id) ON DELETE CASCADE
);
CREATE INDEX fk_dhcp4_global_parameter_server_server_id ON dhcp4_global_parameter_server (server_id);
CREATE INDEX key_dhcp4_global_parameter_idx1 ON dhcp4_global_parameter_server (modification_ts);

CREATE TABLE option_def_data_type (
    id SMALLINT NOT NULL,
    name VARCHAR(32) NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE dhcp4_option_def (
    id SERIAL NOT NULL,
    code SMALLINT NOT NULL,
    name VARCHAR(128) NOT NULL,
    space VARCHAR(128) NOT NULL,
    type SMALLINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    is_array BOOLEAN NOT NULL,
    encapsulate VARCHAR(128) NOT NULL,
    record_types VARCHAR,
    user_context JSON,
    class_id BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp4_option_def_client_class_id FOREIGN KEY (class_id) REFERENCES dhcp4_client_class (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_option_def_data_type4 FOREIGN KEY (type) REFERENCES option_def_data_type (id)
);
CREATE INDEX dhcp4_option_def_idx1 ON dhcp4_option_def (modification_ts);
CREATE INDEX dhcp4_option_def_idx2 ON dhcp4_option_def (code, space);
CREATE INDEX fk_dhcp4_option_def_client_class_id ON dhcp4_option_def (class_id);

CREATE TABLE dhcp4_option_def_server (
    option_def_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (option_def_id, server_id),
    CONSTRAINT dhcp4_option_def_server_option_def_id_fkey FOREIGN KEY (option_def_id) REFERENCES dhcp4_option_def (id) ON DELETE CASCADE,
    CONSTRAINT dhcp4_option_def_server_server_id_fkey FOREIGN KEY (server_id) REFERENCES dhcp4_server (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_option_def_server_option_def_id FOREIGN KEY (option_def_id) REFERENCES dhcp4_option_def (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_option_def_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id)
);
CREATE INDEX fk_dhcp4_option_def_server_server_id ON dhcp4_option_def_server (server_id);

CREATE TABLE dhcp_option_scope (
    scope_id SMALLINT NOT NULL,
    scope_name VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (scope_id)
);

CREATE TABLE dhcp4_shared_network (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    interface VARCHAR(128) DEFAULT NULL,
    match_client_id BOOLEAN,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    rebind_timer BIGINT,
    relay TEXT,
    renew_timer BIGINT,
    evaluate_additional_classes TEXT,
    user_context JSON,
    valid_lifetime BIGINT,
    authoritative BOOLEAN,
    calculate_tee_times BOOLEAN,
    t1_percent DOUBLE PRECISION,
    t2_percent DOUBLE PRECISION,
    boot_file_name VARCHAR(128) DEFAULT NULL,
    next_server INET,
    server_hostname VARCHAR(64) DEFAULT NULL,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    ddns_send_updates BOOLEAN,
    ddns_override_no_update BOOLEAN,
    ddns_override_client_update BOOLEAN,
    ddns_replace_client_name BIGINT,
    ddns_generated_prefix VARCHAR(255) DEFAULT NULL,
    ddns_qualifying_suffix VARCHAR(255) DEFAULT NULL,
    reservations_global BOOLEAN,
    reservations_in_subnet BOOLEAN,
    reservations_out_of_pool BOOLEAN,
    cache_threshold DOUBLE PRECISION,
    cache_max_age BIGINT,
    offer_lifetime BIGINT,
    allocator TEXT,
    ddns_ttl_percent DOUBLE PRECISION,
    ddns_ttl BIGINT,
    ddns_ttl_min BIGINT,
    ddns_ttl_max BIGINT,
    PRIMARY KEY (id),
    UNIQUE (name),
    CONSTRAINT fk_ddns_replace_client_name FOREIGN KEY (ddns_replace_client_name) REFERENCES ddns_replace_client_name_types (type)
);
CREATE UNIQUE INDEX dhcp4_shared_network_idx1 ON dhcp4_shared_network (name);
CREATE INDEX dhcp4_shared_network_idx2 ON dhcp4_shared_network (modification_ts);

CREATE TABLE dhcp4_subnet (
    subnet_id BIGINT NOT NULL,
    subnet_prefix VARCHAR(64) NOT NULL,
    interface_4o6 VARCHAR(128) DEFAULT NULL,
    interface_id_4o6 VARCHAR(128) DEFAULT NULL,
    subnet_4o6 VARCHAR(64) DEFAULT NULL,
    boot_file_name VARCHAR(128) DEFAULT NULL,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    interface VARCHAR(128) DEFAULT NULL,
    match_client_id BOOLEAN,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    next_server INET,
    rebind_timer BIGINT,
    relay TEXT,
    renew_timer BIGINT,
    evaluate_additional_classes TEXT,
    server_hostname VARCHAR(64) DEFAULT NULL,
    shared_network_name VARCHAR(128) DEFAULT NULL,
    user_context JSON,
    valid_lifetime BIGINT,
    authoritative BOOLEAN,
    calculate_tee_times BOOLEAN,
    t1_percent DOUBLE PRECISION,
    t2_percent DOUBLE PRECISION,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    ddns_send_updates BOOLEAN,
    ddns_override_no_update BOOLEAN,
    ddns_override_client_update BOOLEAN,
    ddns_replace_client_name BIGINT,
    ddns_generated_prefix VARCHAR(255) DEFAULT NULL,
    ddns_qualifying_suffix VARCHAR(255) DEFAULT NULL,
    reservations_global BOOLEAN,
    reservations_in_subnet BOOLEAN,
    reservations_out_of_pool BOOLEAN,
    cache_threshold DOUBLE PRECISION,
    cache_max_age BIGINT,
    offer_lifetime BIGINT,
    allocator TEXT,
    ddns_ttl_percent DOUBLE PRECISION,
    ddns_ttl BIGINT,
    ddns_ttl_min BIGINT,
    ddns_ttl_max BIGINT,
    PRIMARY KEY (subnet_id),
    UNIQUE (subnet_prefix),
    CONSTRAINT fk_ddns_replace_client_name FOREIGN KEY (ddns_replace_client_name) REFERENCES ddns_replace_client_name_types (type),
    CONSTRAINT fk_dhcp4_subnet_shared_network FOREIGN KEY (shared_network_name) REFERENCES dhcp4_shared_network (name)
);
CREATE INDEX dhcp4_subnet_idx1 ON dhcp4_subnet (modification_ts);
CREATE INDEX dhcp4_subnet_idx2 ON dhcp4_subnet (shared_network_name);

CREATE TABLE dhcp4_pool (
    id SERIAL NOT NULL,
    start_address INET NOT NULL,
    end_address INET NOT NULL,
    subnet_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    evaluate_additional_classes TEXT,
    user_context JSON,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp4_pool_subnet_id FOREIGN KEY (subnet_id) REFERENCES dhcp4_subnet (subnet_id)
);
CREATE INDEX dhcp4_pool_idx1 ON dhcp4_pool (modification_ts);
CREATE INDEX dhcp4_pool_idx2 ON dhcp4_pool (subnet_id);

CREATE TABLE host_identifier_type (
    type SMALLINT NOT NULL,
    name VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (type)
);

CREATE TABLE hosts (
    host_id SERIAL NOT NULL,
    dhcp_identifier BYTEA NOT NULL,
    dhcp_identifier_type SMALLINT NOT NULL,
    dhcp4_subnet_id BIGINT,
    dhcp6_subnet_id BIGINT,
    ipv4_address BIGINT,
    hostname VARCHAR(255) DEFAULT NULL,
    dhcp4_client_classes VARCHAR(255) DEFAULT NULL,
    dhcp6_client_classes VARCHAR(255) DEFAULT NULL,
    dhcp4_next_server BIGINT,
    dhcp4_server_hostname VARCHAR(64) DEFAULT NULL,
    dhcp4_boot_file_name VARCHAR(128) DEFAULT NULL,
    user_context TEXT,
    auth_key VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (host_id),
    CONSTRAINT fk_host_identifier_type FOREIGN KEY (dhcp_identifier_type) REFERENCES host_identifier_type (type) ON DELETE CASCADE
);
CREATE UNIQUE INDEX key_dhcp4_identifier_subnet_id ON hosts (dhcp_identifier, dhcp_identifier_type, dhcp4_subnet_id) WHERE dhcp4_subnet_id IS NOT NULL;
CREATE UNIQUE INDEX key_dhcp6_identifier_subnet_id ON hosts (dhcp_identifier, dhcp_identifier_type, dhcp6_subnet_id) WHERE dhcp6_subnet_id IS NOT NULL;
CREATE INDEX fk_host_identifier_type ON hosts (dhcp_identifier_type);
CREATE INDEX hosts_by_hostname ON hosts (lower(hostname)) WHERE hostname IS NOT NULL;
CREATE INDEX key_dhcp4_ipv4_address_subnet_id ON hosts (ipv4_address, dhcp4_subnet_id);
CREATE INDEX key_dhcp_identifier ON hosts (dhcp_identifier, dhcp_identifier_type);

CREATE TABLE dhcp4_options (
    option_id SERIAL NOT NULL,
    code SMALLINT NOT NULL,
    value BYTEA,
    formatted_value TEXT,
    space VARCHAR(128) DEFAULT NULL,
    persistent BOOLEAN NOT NULL DEFAULT false,
    dhcp_client_class VARCHAR(128) DEFAULT NULL,
    dhcp4_subnet_id BIGINT,
    host_id INTEGER,
    scope_id SMALLINT NOT NULL,
    user_context TEXT,
    shared_network_name VARCHAR(128) DEFAULT NULL,
    pool_id BIGINT,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    cancelled BOOLEAN NOT NULL DEFAULT false,
    client_classes TEXT,
    PRIMARY KEY (option_id),
    CONSTRAINT fk_dhcp4_option_scode FOREIGN KEY (scope_id) REFERENCES dhcp_option_scope (scope_id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_options_pool FOREIGN KEY (pool_id) REFERENCES dhcp4_pool (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp4_options_shared_network FOREIGN KEY (shared_network_name) REFERENCES dhcp4_shared_network (name) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp4_options_subnet FOREIGN KEY (dhcp4_subnet_id) REFERENCES dhcp4_subnet (subnet_id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_options_host1 FOREIGN KEY (host_id) REFERENCES hosts (host_id) ON DELETE CASCADE
);
CREATE INDEX fk_dhcp4_options_host1_idx ON dhcp4_options (host_id);
CREATE INDEX fk_dhcp4_options_pool ON dhcp4_options (pool_id);
CREATE INDEX fk_dhcp4_options_scope_idx ON dhcp4_options (scope_id);
CREATE INDEX fk_dhcp4_options_shared_network ON dhcp4_options (shared_network_name);
CREATE INDEX fk_dhcp4_options_subnet ON dhcp4_options (dhcp4_subnet_id);

CREATE TABLE dhcp4_options_server (
    option_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (option_id, server_id),
    CONSTRAINT fk_dhcp4_options_server_option_id FOREIGN KEY (option_id) REFERENCES dhcp4_options (option_id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_options_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id) ON DELETE CASCADE
);
CREATE INDEX dhcp4_options_server_idx1 ON dhcp4_options_server (server_id);
CREATE INDEX dhcp4_options_server_idx2 ON dhcp4_options_server (modification_ts);

CREATE TABLE dhcp4_shared_network_server (
    shared_network_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (shared_network_id, server_id),
    CONSTRAINT fk_dhcp4_shared_network_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp4_shared_network_server_shared_network_id FOREIGN KEY (shared_network_id) REFERENCES dhcp4_shared_network (id) ON DELETE CASCADE
);
CREATE INDEX dhcp4_shared_network_server_idx1 ON dhcp4_shared_network_server (modification_ts);
CREATE INDEX dhcp4_shared_network_server_idx2 ON dhcp4_shared_network_server (server_id);

CREATE TABLE dhcp4_subnet_server (
    subnet_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (subnet_id, server_id),
    CONSTRAINT fk_dhcp4_subnet_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp4_server (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp4_subnet_server_subnet_id FOREIGN KEY (subnet_id) REFERENCES dhcp4_subnet (subnet_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX dhcp4_subnet_server_idx1 ON dhcp4_subnet_server (server_id);
CREATE INDEX dhcp4_subnet_server_idx2 ON dhcp4_subnet_server (modification_ts);

CREATE TABLE dhcp6_audit_revision (
    id SERIAL NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    log_message TEXT,
    server_id BIGINT,
    PRIMARY KEY (id)
);

CREATE TABLE dhcp6_audit (
    id SERIAL NOT NULL,
    object_type VARCHAR(256) NOT NULL,
    object_id BIGINT NOT NULL,
    modification_type SMALLINT NOT NULL,
    revision_id BIGINT NOT NULL,
    UNIQUE (id),
    CONSTRAINT fk_dhcp6_audit_modification_type FOREIGN KEY (modification_type) REFERENCES modification (id),
    CONSTRAINT fk_dhcp6_audit_revision FOREIGN KEY (revision_id) REFERENCES dhcp6_audit_revision (id) ON UPDATE CASCADE
);
CREATE INDEX dhcp6_audit_idx1 ON dhcp6_audit (modification_type);
CREATE INDEX dhcp6_audit_idx2 ON dhcp6_audit (revision_id);

CREATE TABLE dhcp6_client_class (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    test TEXT,
    only_in_additional_list BOOLEAN NOT NULL DEFAULT false,
    valid_lifetime BIGINT,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    depend_on_known_directly BOOLEAN NOT NULL DEFAULT false,
    follow_class_name VARCHAR(128) DEFAULT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    preferred_lifetime BIGINT,
    min_preferred_lifetime BIGINT,
    max_preferred_lifetime BIGINT,
    user_context JSON,
    PRIMARY KEY (id),
    UNIQUE (name)
);
CREATE INDEX key_dhcp6_client_class_modification_ts ON dhcp6_client_class (modification_ts);

CREATE TABLE dhcp6_client_class_dependency (
    class_id BIGINT NOT NULL,
    dependency_id BIGINT NOT NULL,
    PRIMARY KEY (class_id, dependency_id),
    CONSTRAINT dhcp6_client_class_class_id FOREIGN KEY (class_id) REFERENCES dhcp6_client_class (id) ON DELETE CASCADE,
    CONSTRAINT dhcp6_client_class_dependency_id FOREIGN KEY (dependency_id) REFERENCES dhcp6_client_class (id)
);
CREATE INDEX dhcp6_client_class_dependency_id_idx ON dhcp6_client_class_dependency (dependency_id);

CREATE TABLE dhcp6_client_class_order (
    class_id BIGINT NOT NULL,
    order_index BIGINT NOT NULL,
    depend_on_known_indirectly BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (class_id),
    CONSTRAINT fk_dhcp6_client_class_order_class_id FOREIGN KEY (class_id) REFERENCES dhcp6_client_class (id) ON DELETE CASCADE
);
CREATE INDEX key_dhcp6_client_class_order_index ON dhcp6_client_class_order (order_index);

CREATE TABLE dhcp6_server (
    id SERIAL NOT NULL,
    tag VARCHAR(64) NOT NULL,
    description TEXT,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE (tag)
);
CREATE UNIQUE INDEX dhcp6_server_idx2 ON dhcp6_server (tag);
CREATE INDEX dhcp6_server_idx1 ON dhcp6_server (modification_ts);

CREATE TABLE dhcp6_client_class_server (
    class_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (class_id, server_id),
    CONSTRAINT fk_dhcp6_client_class_class_id FOREIGN KEY (class_id) REFERENCES dhcp6_client_class (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_client_class_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id)
);
CREATE INDEX fk_dhcp6_client_class_server_id ON dhcp6_client_class_server (server_id);

CREATE TABLE dhcp6_global_parameter (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    value TEXT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    parameter_type SMALLINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp6_global_parameter_type FOREIGN KEY (parameter_type) REFERENCES parameter_data_type (id)
);
CREATE INDEX key_dhcp6_global_parameter_idx1 ON dhcp6_global_parameter (modification_ts);
CREATE INDEX key_dhcp6_global_parameter_idx2 ON dhcp6_global_parameter (name);

CREATE TABLE dhcp6_global_parameter_server (
    parameter_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (parameter_id, server_id),
    CONSTRAINT fk_dhcp6_global_parameter_server_parameter_id FOREIGN KEY (parameter_id) REFERENCES dhcp6_global_parameter (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_global_parameter_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id) ON DELETE CASCADE
);
CREATE INDEX fk_dhcp6_global_parameter_server_server_id ON dhcp6_global_parameter_server (server_id);
CREATE INDEX key_dhcp6_global_parameter_server_idx1 ON dhcp6_global_parameter_server (modification_ts);

CREATE TABLE dhcp6_option_def (
    id SERIAL NOT NULL,
    code SMALLINT NOT NULL,
    name VARCHAR(128) NOT NULL,
    space VARCHAR(128) NOT NULL,
    type SMALLINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    is_array BOOLEAN NOT NULL,
    encapsulate VARCHAR(128) NOT NULL,
    record_types VARCHAR,
    user_context JSON,
    class_id BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp6_option_def_client_class_id FOREIGN KEY (class_id) REFERENCES dhcp6_client_class (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_option_def_data_type6 FOREIGN KEY (type) REFERENCES option_def_data_type (id)
);
CREATE INDEX dhcp6_option_def_idx1 ON dhcp6_option_def (modification_ts);
CREATE INDEX dhcp6_option_def_idx2 ON dhcp6_option_def (code, space);
CREATE INDEX fk_dhcp6_option_def_client_class_id ON dhcp6_option_def (class_id);

CREATE TABLE dhcp6_option_def_server (
    option_def_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (option_def_id, server_id),
    CONSTRAINT dhcp6_option_def_server_option_def_id_fkey FOREIGN KEY (option_def_id) REFERENCES dhcp6_option_def (id) ON DELETE CASCADE,
    CONSTRAINT dhcp6_option_def_server_server_id_fkey FOREIGN KEY (server_id) REFERENCES dhcp6_server (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_option_def_server_option_def_id FOREIGN KEY (option_def_id) REFERENCES dhcp6_option_def (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_option_def_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id)
);
CREATE INDEX fk_dhcp6_option_def_server_server_id ON dhcp6_option_def_server (server_id);

CREATE TABLE dhcp6_shared_network (
    id SERIAL NOT NULL,
    name VARCHAR(128) NOT NULL,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    interface VARCHAR(128) DEFAULT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    preferred_lifetime BIGINT,
    rapid_commit BOOLEAN,
    rebind_timer BIGINT,
    relay TEXT,
    renew_timer BIGINT,
    evaluate_additional_classes TEXT,
    user_context JSON,
    valid_lifetime BIGINT,
    calculate_tee_times BOOLEAN,
    t1_percent DOUBLE PRECISION,
    t2_percent DOUBLE PRECISION,
    interface_id BYTEA,
    min_preferred_lifetime BIGINT,
    max_preferred_lifetime BIGINT,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    ddns_send_updates BOOLEAN,
    ddns_override_no_update BOOLEAN,
    ddns_override_client_update BOOLEAN,
    ddns_replace_client_name BIGINT,
    ddns_generated_prefix VARCHAR(255) DEFAULT NULL,
    ddns_qualifying_suffix VARCHAR(255) DEFAULT NULL,
    reservations_global BOOLEAN,
    reservations_in_subnet BOOLEAN,
    reservations_out_of_pool BOOLEAN,
    cache_threshold DOUBLE PRECISION,
    cache_max_age BIGINT,
    allocator TEXT,
    pd_allocator TEXT,
    ddns_ttl_percent DOUBLE PRECISION,
    ddns_ttl BIGINT,
    ddns_ttl_min BIGINT,
    ddns_ttl_max BIGINT,
    PRIMARY KEY (id),
    UNIQUE (name),
    CONSTRAINT fk_ddns_replace_client_name FOREIGN KEY (ddns_replace_client_name) REFERENCES ddns_replace_client_name_types (type)
);
CREATE INDEX dhcp6_shared_network_idx1 ON dhcp6_shared_network (name);

CREATE TABLE dhcp6_subnet (
    subnet_id BIGINT NOT NULL,
    subnet_prefix VARCHAR(64) NOT NULL,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    interface VARCHAR(128) DEFAULT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    preferred_lifetime BIGINT,
    rapid_commit BOOLEAN,
    rebind_timer BIGINT,
    relay TEXT,
    renew_timer BIGINT,
    evaluate_additional_classes TEXT,
    shared_network_name VARCHAR(128) DEFAULT NULL,
    user_context JSON,
    valid_lifetime BIGINT,
    calculate_tee_times BOOLEAN,
    t1_percent DOUBLE PRECISION,
    t2_percent DOUBLE PRECISION,
    interface_id BYTEA,
    min_preferred_lifetime BIGINT,
    max_preferred_lifetime BIGINT,
    min_valid_lifetime BIGINT,
    max_valid_lifetime BIGINT,
    ddns_send_updates BOOLEAN,
    ddns_override_no_update BOOLEAN,
    ddns_override_client_update BOOLEAN,
    ddns_replace_client_name BIGINT,
    ddns_generated_prefix VARCHAR(255) DEFAULT NULL,
    ddns_qualifying_suffix VARCHAR(255) DEFAULT NULL,
    reservations_global BOOLEAN,
    reservations_in_subnet BOOLEAN,
    reservations_out_of_pool BOOLEAN,
    cache_threshold DOUBLE PRECISION,
    cache_max_age BIGINT,
    allocator TEXT,
    pd_allocator TEXT,
    ddns_ttl_percent DOUBLE PRECISION,
    ddns_ttl BIGINT,
    ddns_ttl_min BIGINT,
    ddns_ttl_max BIGINT,
    PRIMARY KEY (subnet_id),
    UNIQUE (subnet_prefix),
    CONSTRAINT fk_ddns_replace_client_name FOREIGN KEY (ddns_replace_client_name) REFERENCES ddns_replace_client_name_types (type),
    CONSTRAINT fk_dhcp6_subnet_shared_network FOREIGN KEY (shared_network_name) REFERENCES dhcp6_shared_network (name)
);
CREATE INDEX dhcp6_subnet_idx1 ON dhcp6_subnet (modification_ts);
CREATE INDEX dhcp6_subnet_idx2 ON dhcp6_subnet (shared_network_name);

CREATE TABLE dhcp6_pd_pool (
    id SERIAL NOT NULL,
    prefix VARCHAR(45) NOT NULL,
    prefix_length SMALLINT NOT NULL,
    delegated_prefix_length SMALLINT NOT NULL,
    subnet_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    excluded_prefix VARCHAR(45) DEFAULT NULL,
    excluded_prefix_length SMALLINT NOT NULL,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    evaluate_additional_classes TEXT,
    user_context JSON,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp6_pd_pool_subnet_id FOREIGN KEY (subnet_id) REFERENCES dhcp6_subnet (subnet_id)
);
CREATE INDEX dhcp6_pd_pool_idx1 ON dhcp6_pd_pool (modification_ts);
CREATE INDEX dhcp6_pd_pool_idx2 ON dhcp6_pd_pool (subnet_id);

CREATE TABLE dhcp6_pool (
    id SERIAL NOT NULL,
    start_address INET NOT NULL,
    end_address INET NOT NULL,
    subnet_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    client_classes TEXT DEFAULT NULL::VARCHAR,
    evaluate_additional_classes TEXT,
    user_context JSON,
    PRIMARY KEY (id),
    CONSTRAINT fk_dhcp6_pool_subnet_id FOREIGN KEY (subnet_id) REFERENCES dhcp6_subnet (subnet_id)
);
CREATE INDEX dhcp6_pool_idx1 ON dhcp6_pool (modification_ts);
CREATE INDEX dhcp6_pool_idx2 ON dhcp6_pool (subnet_id);

CREATE TABLE dhcp6_options (
    option_id SERIAL NOT NULL,
    code INTEGER NOT NULL,
    value BYTEA,
    formatted_value TEXT,
    space VARCHAR(128) DEFAULT NULL,
    persistent BOOLEAN NOT NULL DEFAULT false,
    dhcp_client_class VARCHAR(128) DEFAULT NULL,
    dhcp6_subnet_id BIGINT,
    host_id INTEGER,
    scope_id SMALLINT NOT NULL,
    user_context TEXT,
    shared_network_name VARCHAR(128) DEFAULT NULL,
    pool_id BIGINT,
    pd_pool_id BIGINT,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    cancelled BOOLEAN NOT NULL DEFAULT false,
    client_classes TEXT,
    PRIMARY KEY (option_id),
    CONSTRAINT fk_dhcp6_option_scode FOREIGN KEY (scope_id) REFERENCES dhcp_option_scope (scope_id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_options_pd_pool FOREIGN KEY (pd_pool_id) REFERENCES dhcp6_pd_pool (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp6_options_pool FOREIGN KEY (pool_id) REFERENCES dhcp6_pool (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp6_options_shared_network FOREIGN KEY (shared_network_name) REFERENCES dhcp6_shared_network (name) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp6_options_subnet FOREIGN KEY (dhcp6_subnet_id) REFERENCES dhcp6_subnet (subnet_id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_options_host10 FOREIGN KEY (host_id) REFERENCES hosts (host_id) ON DELETE CASCADE
);
CREATE INDEX fk_dhcp6_options_host1_idx ON dhcp6_options (host_id);
CREATE INDEX fk_dhcp6_options_pd_pool ON dhcp6_options (pd_pool_id);
CREATE INDEX fk_dhcp6_options_pool ON dhcp6_options (pool_id);
CREATE INDEX fk_dhcp6_options_scope_idx ON dhcp6_options (scope_id);
CREATE INDEX fk_dhcp6_options_shared_network ON dhcp6_options (shared_network_name);
CREATE INDEX fk_dhcp6_options_subnet ON dhcp6_options (dhcp6_subnet_id);

CREATE TABLE dhcp6_options_server (
    option_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (option_id, server_id),
    CONSTRAINT fk_dhcp6_options_server_option_id FOREIGN KEY (option_id) REFERENCES dhcp6_options (option_id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_options_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id) ON DELETE CASCADE
);
CREATE INDEX dhcp6_options_server_idx1 ON dhcp6_options_server (server_id);
CREATE INDEX dhcp6_options_server_idx2 ON dhcp6_options_server (modification_ts);

CREATE TABLE dhcp6_shared_network_server (
    shared_network_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (shared_network_id, server_id),
    CONSTRAINT fk_dhcp6_shared_network_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id) ON DELETE CASCADE,
    CONSTRAINT fk_dhcp6_shared_network_server_shared_network_id FOREIGN KEY (shared_network_id) REFERENCES dhcp6_shared_network (id) ON DELETE CASCADE
);
CREATE INDEX dhcp6_shared_network_server_idx1 ON dhcp6_shared_network_server (modification_ts);
CREATE INDEX dhcp6_shared_network_server_idx2 ON dhcp6_shared_network_server (server_id);

CREATE TABLE dhcp6_subnet_server (
    subnet_id BIGINT NOT NULL,
    server_id BIGINT NOT NULL,
    modification_ts TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (subnet_id, server_id),
    CONSTRAINT fk_dhcp6_subnet_server_server_id FOREIGN KEY (server_id) REFERENCES dhcp6_server (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT fk_dhcp6_subnet_server_subnet_id FOREIGN KEY (subnet_id) REFERENCES dhcp6_subnet (subnet_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX dhcp6_subnet_server_idx1 ON dhcp6_subnet_server (server_id);
CREATE INDEX dhcp6_subnet_server_idx2 ON dhcp6_subnet_server (modification_ts);

CREATE TABLE ipv6_reservations (
    reservation_id SERIAL NOT NULL,
    address INET NOT NULL,
    prefix_len SMALLINT NOT NULL DEFAULT '128'::smallint,
    type SMALLINT NOT NULL DEFAULT '0'::smallint,
    dhcp6_iaid INTEGER,
    host_id INTEGER NOT NULL,
    excluded_prefix INET,
    excluded_prefix_len SMALLINT NOT NULL DEFAULT '0'::smallint,
    PRIMARY KEY (reservation_id),
    CONSTRAINT fk_ipv6_reservations_host FOREIGN KEY (host_id) REFERENCES hosts (host_id) ON DELETE CASCADE
);
CREATE INDEX fk_ipv6_reservations_host_idx ON ipv6_reservations (host_id);
CREATE INDEX key_dhcp6_address_prefix_len ON ipv6_reservations (address, prefix_len);

CREATE TABLE lease_state (
    state BIGINT NOT NULL,
    name VARCHAR(64) NOT NULL,
    PRIMARY KEY (state)
);

CREATE TABLE lease4 (
    address BIGINT NOT NULL,
    hwaddr BYTEA,
    client_id BYTEA,
    valid_lifetime BIGINT,
    expire TIMESTAMP WITH TIME ZONE,
    subnet_id BIGINT,
    fqdn_fwd BOOLEAN,
    fqdn_rev BOOLEAN,
    hostname VARCHAR(255),
    state BIGINT DEFAULT 0,
    user_context TEXT,
    relay_id BYTEA,
    remote_id BYTEA,
    pool_id BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (address),
    CONSTRAINT fk_lease4_state FOREIGN KEY (state) REFERENCES lease_state (state)
);
CREATE INDEX lease4_by_client_id_subnet_id ON lease4 (client_id, subnet_id);
CREATE INDEX lease4_by_hostname ON lease4 (lower(hostname)) WHERE hostname IS NOT NULL;
CREATE INDEX lease4_by_hwaddr_subnet_id ON lease4 (hwaddr, subnet_id);
CREATE INDEX lease4_by_relay_id ON lease4 (relay_id);
CREATE INDEX lease4_by_remote_id ON lease4 (remote_id);
CREATE INDEX lease4_by_state_expire ON lease4 (state, expire);
CREATE INDEX lease4_by_subnet_id ON lease4 (subnet_id);

CREATE TABLE lease4_pool_stat (
    subnet_id BIGINT NOT NULL,
    pool_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    leases BIGINT,
    PRIMARY KEY (subnet_id, pool_id, state)
);

CREATE TABLE lease4_stat (
    subnet_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    leases BIGINT,
    PRIMARY KEY (subnet_id, state)
);

CREATE TABLE lease4_stat_by_client_class (
    client_class VARCHAR(128) NOT NULL,
    leases BIGINT NOT NULL,
    PRIMARY KEY (client_class)
);

CREATE TABLE lease6_types (
    lease_type SMALLINT NOT NULL,
    name VARCHAR(5),
    PRIMARY KEY (lease_type)
);

CREATE TABLE lease6 (
    address INET NOT NULL,
    duid BYTEA,
    valid_lifetime BIGINT,
    expire TIMESTAMP WITH TIME ZONE,
    subnet_id BIGINT,
    pref_lifetime BIGINT,
    lease_type SMALLINT,
    iaid INTEGER,
    prefix_len SMALLINT,
    fqdn_fwd BOOLEAN,
    fqdn_rev BOOLEAN,
    hostname VARCHAR(255),
    state BIGINT DEFAULT 0,
    hwaddr BYTEA,
    hwtype SMALLINT,
    hwaddr_source SMALLINT,
    user_context TEXT,
    pool_id BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (address),
    CONSTRAINT fk_lease6_state FOREIGN KEY (state) REFERENCES lease_state (state),
    CONSTRAINT fk_lease6_type FOREIGN KEY (lease_type) REFERENCES lease6_types (lease_type)
);
CREATE INDEX lease6_by_duid_iaid_subnet_id ON lease6 (duid, iaid, subnet_id);
CREATE INDEX lease6_by_hostname ON lease6 (lower(hostname)) WHERE hostname IS NOT NULL;
CREATE INDEX lease6_by_state_expire ON lease6 (state, expire);
CREATE INDEX lease6_by_subnet_id_address ON lease6 (subnet_id, address);
CREATE INDEX lease6_by_subnet_id_lease_type ON lease6 (subnet_id, lease_type);

CREATE TABLE lease6_pool_stat (
    subnet_id BIGINT NOT NULL,
    pool_id BIGINT NOT NULL,
    lease_type SMALLINT NOT NULL,
    state BIGINT NOT NULL,
    leases BIGINT,
    PRIMARY KEY (subnet_id, pool_id, lease_type, state)
);

CREATE TABLE lease6_relay_id (
    extended_info_id SERIAL NOT NULL,
    relay_id BYTEA NOT NULL,
    lease_addr INET NOT NULL,
    PRIMARY KEY (extended_info_id),
    CONSTRAINT fk_lease6_relay_id_addr FOREIGN KEY (lease_addr) REFERENCES lease6 (address) ON DELETE CASCADE
);
CREATE INDEX lease6_relay_id_by_address ON lease6_relay_id (lease_addr);
CREATE INDEX lease6_relay_id_by_id ON lease6_relay_id (relay_id, lease_addr);

CREATE TABLE lease6_remote_id (
    extended_info_id SERIAL NOT NULL,
    remote_id BYTEA NOT NULL,
    lease_addr INET NOT NULL,
    PRIMARY KEY (extended_info_id),
    CONSTRAINT fk_lease6_remote_id_addr FOREIGN KEY (lease_addr) REFERENCES lease6 (address) ON DELETE CASCADE
);
CREATE INDEX lease6_remote_id_by_address ON lease6_remote_id (lease_addr);
CREATE INDEX lease6_remote_id_by_id ON lease6_remote_id (remote_id, lease_addr);

CREATE TABLE lease6_stat (
    subnet_id BIGINT NOT NULL,
    lease_type SMALLINT NOT NULL,
    state BIGINT NOT NULL,
    leases BIGINT,
    PRIMARY KEY (subnet_id, lease_type, state)
);

CREATE TABLE lease6_stat_by_client_class (
    client_class VARCHAR(128) NOT NULL,
    lease_type SMALLINT NOT NULL,
    leases BIGINT NOT NULL,
    PRIMARY KEY (client_class, lease_type),
    CONSTRAINT fk_lease6_stat_by_client_class_lease_type FOREIGN KEY (lease_type) REFERENCES lease6_types (lease_type)
);

CREATE TABLE lease_hwaddr_source (
    hwaddr_source INTEGER NOT NULL,
    name VARCHAR(40) DEFAULT NULL,
    PRIMARY KEY (hwaddr_source)
);

CREATE TABLE logs (
    timestamp TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    address VARCHAR(43),
    log TEXT NOT NULL
);
CREATE INDEX address_id ON logs (address);
CREATE INDEX timestamp_id ON logs (timestamp);
