-- Triggers: they keep the counters of leases and write the audit of configuration
-- changes, by the routines.

DELIMITER $$

CREATE TRIGGER lease4_AINS AFTER INSERT ON lease4 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease4_AINS_lease4_stat_by_client_class(NEW.state, NEW.user_context);
    END IF;
    CALL lease4_AINS_lease4_stat(NEW.state, NEW.subnet_id);
    CALL lease4_AINS_lease4_pool_stat(NEW.state, NEW.subnet_id, NEW.pool_id);
END $$

CREATE TRIGGER lease4_AUPD AFTER UPDATE ON lease4 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease4_AUPD_lease4_stat_by_client_class(OLD.state, OLD.user_context, NEW.state, NEW.user_context);
    END IF;
    CALL lease4_AUPD_lease4_stat(OLD.state, OLD.subnet_id, NEW.state, NEW.subnet_id);
    CALL lease4_AUPD_lease4_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, NEW.state, NEW.subnet_id, NEW.pool_id);
END $$

CREATE TRIGGER lease4_ADEL AFTER DELETE ON lease4 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease4_ADEL_lease4_stat_by_client_class(OLD.state, OLD.user_context);
    END IF;
    CALL lease4_ADEL_lease4_stat(OLD.state, OLD.subnet_id);
    CALL lease4_ADEL_lease4_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id);
END $$

CREATE TRIGGER lease6_AINS AFTER INSERT ON lease6 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease6_AINS_lease6_stat_by_client_class(NEW.state, NEW.user_context, NEW.lease_type);
    END IF;
    CALL lease6_AINS_lease6_stat(NEW.state, NEW.subnet_id, NEW.lease_type);
    CALL lease6_AINS_lease6_pool_stat(NEW.state, NEW.subnet_id, NEW.pool_id, NEW.lease_type);
END $$

CREATE TRIGGER lease6_AUPD AFTER UPDATE ON lease6 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease6_AUPD_lease6_stat_by_client_class(OLD.state, OLD.user_context, OLD.lease_type, NEW.state, NEW.user_context, NEW.lease_type);
    END IF;
    CALL lease6_AUPD_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type, NEW.state, NEW.subnet_id, NEW.lease_type);
    CALL lease6_AUPD_lease6_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, OLD.lease_type, NEW.state, NEW.subnet_id, NEW.pool_id, NEW.lease_type);
END $$

CREATE TRIGGER lease6_ADEL AFTER DELETE ON lease6 FOR EACH ROW
BEGIN
    IF @json_supported IS NULL THEN
        SET @json_supported = isJsonSupported();
    END IF;
    IF @json_supported THEN
        CALL lease6_ADEL_lease6_stat_by_client_class(OLD.state, OLD.user_context, OLD.lease_type);
    END IF;
    CALL lease6_ADEL_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type);
    CALL lease6_ADEL_lease6_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, OLD.lease_type);
END $$

CREATE TRIGGER dhcp4_server_AINS AFTER INSERT ON dhcp4_server FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_server', NEW.id, 'create') $$

CREATE TRIGGER dhcp4_server_AUPD AFTER UPDATE ON dhcp4_server FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_server', NEW.id, 'update') $$

CREATE TRIGGER dhcp4_server_ADEL AFTER DELETE ON dhcp4_server FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_server', OLD.id, 'delete') $$

CREATE TRIGGER dhcp4_global_parameter_AINS AFTER INSERT ON dhcp4_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_global_parameter', NEW.id, 'create') $$

CREATE TRIGGER dhcp4_global_parameter_AUPD AFTER UPDATE ON dhcp4_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_global_parameter', NEW.id, 'update') $$

CREATE TRIGGER dhcp4_global_parameter_ADEL AFTER DELETE ON dhcp4_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_global_parameter', OLD.id, 'delete') $$

CREATE TRIGGER dhcp4_option_def_AINS AFTER INSERT ON dhcp4_option_def FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_option_def', NEW.id, 'create') $$

CREATE TRIGGER dhcp4_option_def_AUPD AFTER UPDATE ON dhcp4_option_def FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_option_def', NEW.id, 'update') $$

CREATE TRIGGER dhcp4_option_def_ADEL AFTER DELETE ON dhcp4_option_def FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_option_def', OLD.id, 'delete') $$

CREATE TRIGGER dhcp4_client_class_AINS AFTER INSERT ON dhcp4_client_class FOR EACH ROW
BEGIN
    CALL setClientClass4Order(NEW.id, NEW.follow_class_name, NULL);
    CALL createAuditEntryDHCP4('dhcp4_client_class', NEW.id, 'create');
END $$

CREATE TRIGGER dhcp4_client_class_AUPD AFTER UPDATE ON dhcp4_client_class FOR EACH ROW
BEGIN
    SET @depend_on_known_directly = OLD.depend_on_known_directly, @client_class_id = NEW.id;
    CALL setClientClass4Order(NEW.id, NEW.follow_class_name, OLD.follow_class_name);
    CALL createAuditEntryDHCP4('dhcp4_client_class', NEW.id, 'update');
END $$

CREATE TRIGGER dhcp4_client_class_ADEL AFTER DELETE ON dhcp4_client_class FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_client_class', OLD.id, 'delete') $$

CREATE TRIGGER dhcp4_client_class_check_dependency_BINS BEFORE INSERT ON dhcp4_client_class_dependency FOR EACH ROW
    CALL checkDHCPv4ClientClassDependency(NEW.class_id, NEW.dependency_id) $$

CREATE TRIGGER dhcp4_client_class_dependency_AINS AFTER INSERT ON dhcp4_client_class_dependency FOR EACH ROW
    CALL updateDHCPv4ClientClassKnownDependency(NEW.class_id, NEW.dependency_id) $$

CREATE TRIGGER dhcp4_subnet_AINS AFTER INSERT ON dhcp4_subnet FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_subnet', NEW.subnet_id, 'create') $$

CREATE TRIGGER dhcp4_subnet_AUPD AFTER UPDATE ON dhcp4_subnet FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_subnet', NEW.subnet_id, 'update') $$

CREATE TRIGGER dhcp4_shared_network_AINS AFTER INSERT ON dhcp4_shared_network FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_shared_network', NEW.id, 'create') $$

CREATE TRIGGER dhcp4_shared_network_AUPD AFTER UPDATE ON dhcp4_shared_network FOR EACH ROW
    CALL createAuditEntryDHCP4('dhcp4_shared_network', NEW.id, 'update') $$

-- What belongs to a subnet or a network goes with it. That is done here since foreign
-- keys would not call the triggers of what they delete.
CREATE TRIGGER dhcp4_subnet_BDEL BEFORE DELETE ON dhcp4_subnet FOR EACH ROW
BEGIN
    CALL createAuditEntryDHCP4('dhcp4_subnet', OLD.subnet_id, 'delete');
    DELETE FROM dhcp4_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp4_options WHERE dhcp4_subnet_id = OLD.subnet_id;
END $$

CREATE TRIGGER dhcp4_shared_network_BDEL BEFORE DELETE ON dhcp4_shared_network FOR EACH ROW
BEGIN
    CALL createAuditEntryDHCP4('dhcp4_shared_network', OLD.id, 'delete');
    UPDATE dhcp4_subnet SET shared_network_name = NULL WHERE shared_network_name = OLD.name;
    DELETE FROM dhcp4_options WHERE shared_network_name = OLD.name;
END $$

CREATE TRIGGER dhcp4_pool_BDEL BEFORE DELETE ON dhcp4_pool FOR EACH ROW
    DELETE FROM dhcp4_options WHERE scope_id = 5 AND pool_id = OLD.id $$

CREATE TRIGGER dhcp4_options_AINS AFTER INSERT ON dhcp4_options FOR EACH ROW
    CALL createOptionAuditDHCP4('create', NEW.scope_id, NEW.option_id, NEW.dhcp4_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.modification_ts) $$

CREATE TRIGGER dhcp4_options_AUPD AFTER UPDATE ON dhcp4_options FOR EACH ROW
    CALL createOptionAuditDHCP4('update', NEW.scope_id, NEW.option_id, NEW.dhcp4_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.modification_ts) $$

CREATE TRIGGER dhcp4_options_ADEL AFTER DELETE ON dhcp4_options FOR EACH ROW
    CALL createOptionAuditDHCP4('delete', OLD.scope_id, OLD.option_id, OLD.dhcp4_subnet_id, OLD.host_id,
        OLD.shared_network_name, OLD.pool_id, NOW()) $$

CREATE TRIGGER dhcp6_server_AINS AFTER INSERT ON dhcp6_server FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_server', NEW.id, 'create') $$

CREATE TRIGGER dhcp6_server_AUPD AFTER UPDATE ON dhcp6_server FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_server', NEW.id, 'update') $$

CREATE TRIGGER dhcp6_server_ADEL AFTER DELETE ON dhcp6_server FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_server', OLD.id, 'delete') $$

CREATE TRIGGER dhcp6_global_parameter_AINS AFTER INSERT ON dhcp6_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_global_parameter', NEW.id, 'create') $$

CREATE TRIGGER dhcp6_global_parameter_AUPD AFTER UPDATE ON dhcp6_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_global_parameter', NEW.id, 'update') $$

CREATE TRIGGER dhcp6_global_parameter_ADEL AFTER DELETE ON dhcp6_global_parameter FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_global_parameter', OLD.id, 'delete') $$

CREATE TRIGGER dhcp6_option_def_AINS AFTER INSERT ON dhcp6_option_def FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_option_def', NEW.id, 'create') $$

CREATE TRIGGER dhcp6_option_def_AUPD AFTER UPDATE ON dhcp6_option_def FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_option_def', NEW.id, 'update') $$

CREATE TRIGGER dhcp6_option_def_ADEL AFTER DELETE ON dhcp6_option_def FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_option_def', OLD.id, 'delete') $$

CREATE TRIGGER dhcp6_client_class_AINS AFTER INSERT ON dhcp6_client_class FOR EACH ROW
BEGIN
    CALL setClientClass6Order(NEW.id, NEW.follow_class_name, NULL);
    CALL createAuditEntryDHCP6('dhcp6_client_class', NEW.id, 'create');
END $$

CREATE TRIGGER dhcp6_client_class_AUPD AFTER UPDATE ON dhcp6_client_class FOR EACH ROW
BEGIN
    SET @depend_on_known_directly = OLD.depend_on_known_directly, @client_class_id = NEW.id;
    CALL setClientClass6Order(NEW.id, NEW.follow_class_name, OLD.follow_class_name);
    CALL createAuditEntryDHCP6('dhcp6_client_class', NEW.id, 'update');
END $$

CREATE TRIGGER dhcp6_client_class_ADEL AFTER DELETE ON dhcp6_client_class FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_client_class', OLD.id, 'delete') $$

CREATE TRIGGER dhcp6_client_class_check_dependency_BINS BEFORE INSERT ON dhcp6_client_class_dependency FOR EACH ROW
    CALL checkDHCPv6ClientClassDependency(NEW.class_id, NEW.dependency_id) $$

CREATE TRIGGER dhcp6_client_class_dependency_AINS AFTER INSERT ON dhcp6_client_class_dependency FOR EACH ROW
    CALL updateDHCPv6ClientClassKnownDependency(NEW.class_id, NEW.dependency_id) $$

CREATE TRIGGER dhcp6_subnet_AINS AFTER INSERT ON dhcp6_subnet FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_subnet', NEW.subnet_id, 'create') $$

CREATE TRIGGER dhcp6_subnet_AUPD AFTER UPDATE ON dhcp6_subnet FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_subnet', NEW.subnet_id, 'update') $$

CREATE TRIGGER dhcp6_shared_network_AINS AFTER INSERT ON dhcp6_shared_network FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_shared_network', NEW.id, 'create') $$

CREATE TRIGGER dhcp6_shared_network_AUPD AFTER UPDATE ON dhcp6_shared_network FOR EACH ROW
    CALL createAuditEntryDHCP6('dhcp6_shared_network', NEW.id, 'update') $$

-- What belongs to a subnet or a network goes with it. That is done here since foreign
-- keys would not call the triggers of what they delete.
CREATE TRIGGER dhcp6_subnet_BDEL BEFORE DELETE ON dhcp6_subnet FOR EACH ROW
BEGIN
    CALL createAuditEntryDHCP6('dhcp6_subnet', OLD.subnet_id, 'delete');
    DELETE FROM dhcp6_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp6_pd_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp6_options WHERE dhcp6_subnet_id = OLD.subnet_id;
END $$

CREATE TRIGGER dhcp6_shared_network_BDEL BEFORE DELETE ON dhcp6_shared_network FOR EACH ROW
BEGIN
    CALL createAuditEntryDHCP6('dhcp6_shared_network', OLD.id, 'delete');
    UPDATE dhcp6_subnet SET shared_network_name = NULL WHERE shared_network_name = OLD.name;
    DELETE FROM dhcp6_options WHERE shared_network_name = OLD.name;
END $$

CREATE TRIGGER dhcp6_pool_BDEL BEFORE DELETE ON dhcp6_pool FOR EACH ROW
    DELETE FROM dhcp6_options WHERE scope_id = 5 AND pool_id = OLD.id $$

CREATE TRIGGER dhcp6_pd_pool_BDEL BEFORE DELETE ON dhcp6_pd_pool FOR EACH ROW
    DELETE FROM dhcp6_options WHERE scope_id = 6 AND pd_pool_id = OLD.id $$

CREATE TRIGGER dhcp6_options_AINS AFTER INSERT ON dhcp6_options FOR EACH ROW
    CALL createOptionAuditDHCP6('create', NEW.scope_id, NEW.option_id, NEW.dhcp6_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.pd_pool_id, NEW.modification_ts) $$

CREATE TRIGGER dhcp6_options_AUPD AFTER UPDATE ON dhcp6_options FOR EACH ROW
    CALL createOptionAuditDHCP6('update', NEW.scope_id, NEW.option_id, NEW.dhcp6_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.pd_pool_id, NEW.modification_ts) $$

CREATE TRIGGER dhcp6_options_ADEL AFTER DELETE ON dhcp6_options FOR EACH ROW
    CALL createOptionAuditDHCP6('delete', OLD.scope_id, OLD.option_id, OLD.dhcp6_subnet_id, OLD.host_id,
        OLD.shared_network_name, OLD.pool_id, OLD.pd_pool_id, NOW()) $$

DELIMITER ;
