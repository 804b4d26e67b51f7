-- Triggers and their functions: they keep the counters of leases and write the audit of
-- configuration changes, by the functions of routines.sql.

CREATE FUNCTION func_lease4_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease4_AINS_lease4_stat_by_client_class(NEW.state, NEW.user_context);
    END IF;
    PERFORM lease4_AINS_lease4_stat(NEW.state, NEW.subnet_id);
    PERFORM lease4_AINS_lease4_pool_stat(NEW.state, NEW.subnet_id, NEW.pool_id);
    RETURN NULL;
END $$;
CREATE TRIGGER lease4_AINS AFTER INSERT ON lease4 FOR EACH ROW EXECUTE PROCEDURE func_lease4_AINS();

CREATE FUNCTION func_lease4_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease4_AUPD_lease4_stat_by_client_class(OLD.state, OLD.user_context, NEW.state, NEW.user_context);
    END IF;
    PERFORM lease4_AUPD_lease4_stat(OLD.state, OLD.subnet_id, NEW.state, NEW.subnet_id);
    PERFORM lease4_AUPD_lease4_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, NEW.state, NEW.subnet_id, NEW.pool_id);
    RETURN NULL;
END $$;
CREATE TRIGGER lease4_AUPD AFTER UPDATE ON lease4 FOR EACH ROW EXECUTE PROCEDURE func_lease4_AUPD();

CREATE FUNCTION func_lease4_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease4_ADEL_lease4_stat_by_client_class(OLD.state, OLD.user_context);
    END IF;
    PERFORM lease4_ADEL_lease4_stat(OLD.state, OLD.subnet_id);
    PERFORM lease4_ADEL_lease4_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id);
    RETURN NULL;
END $$;
CREATE TRIGGER lease4_ADEL AFTER DELETE ON lease4 FOR EACH ROW EXECUTE PROCEDURE func_lease4_ADEL();

CREATE FUNCTION func_lease6_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease6_AINS_lease6_stat_by_client_class(NEW.state, NEW.user_context, NEW.lease_type);
    END IF;
    PERFORM lease6_AINS_lease6_stat(NEW.state, NEW.subnet_id, NEW.lease_type);
    PERFORM lease6_AINS_lease6_pool_stat(NEW.state, NEW.subnet_id, NEW.pool_id, NEW.lease_type);
    RETURN NULL;
END $$;
CREATE TRIGGER lease6_AINS AFTER INSERT ON lease6 FOR EACH ROW EXECUTE PROCEDURE func_lease6_AINS();

CREATE FUNCTION func_lease6_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease6_AUPD_lease6_stat_by_client_class(OLD.state, OLD.user_context, OLD.lease_type, NEW.state, NEW.user_context, NEW.lease_type);
    END IF;
    PERFORM lease6_AUPD_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type, NEW.state, NEW.subnet_id, NEW.lease_type);
    PERFORM lease6_AUPD_lease6_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, OLD.lease_type, NEW.state, NEW.subnet_id, NEW.pool_id, NEW.lease_type);
    RETURN NULL;
END $$;
CREATE TRIGGER lease6_AUPD AFTER UPDATE ON lease6 FOR EACH ROW EXECUTE PROCEDURE func_lease6_AUPD();

CREATE FUNCTION func_lease6_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF isJsonSupported() THEN
        PERFORM lease6_ADEL_lease6_stat_by_client_class(OLD.state, OLD.user_context, OLD.lease_type);
    END IF;
    PERFORM lease6_ADEL_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type);
    PERFORM lease6_ADEL_lease6_pool_stat(OLD.state, OLD.subnet_id, OLD.pool_id, OLD.lease_type);
    RETURN NULL;
END $$;
CREATE TRIGGER lease6_ADEL AFTER DELETE ON lease6 FOR EACH ROW EXECUTE PROCEDURE func_lease6_ADEL();

CREATE FUNCTION func_dhcp4_server_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_server', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_server_AINS AFTER INSERT ON dhcp4_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_server_AINS();

CREATE FUNCTION func_dhcp4_server_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_server', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_server_AUPD AFTER UPDATE ON dhcp4_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_server_AUPD();

CREATE FUNCTION func_dhcp4_server_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_server', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_server_ADEL AFTER DELETE ON dhcp4_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_server_ADEL();

CREATE FUNCTION func_dhcp4_global_parameter_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_global_parameter', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_global_parameter_AINS AFTER INSERT ON dhcp4_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_global_parameter_AINS();

CREATE FUNCTION func_dhcp4_global_parameter_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_global_parameter', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_global_parameter_AUPD AFTER UPDATE ON dhcp4_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_global_parameter_AUPD();

CREATE FUNCTION func_dhcp4_global_parameter_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_global_parameter', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_global_parameter_ADEL AFTER DELETE ON dhcp4_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_global_parameter_ADEL();

CREATE FUNCTION func_dhcp4_option_def_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_option_def', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_option_def_AINS AFTER INSERT ON dhcp4_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_option_def_AINS();

CREATE FUNCTION func_dhcp4_option_def_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_option_def', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_option_def_AUPD AFTER UPDATE ON dhcp4_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_option_def_AUPD();

CREATE FUNCTION func_dhcp4_option_def_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_option_def', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_option_def_ADEL AFTER DELETE ON dhcp4_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_option_def_ADEL();

CREATE FUNCTION func_dhcp4_client_class_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setClientClass4Order(NEW.id, NEW.follow_class_name, NULL);
    PERFORM createAuditEntryDHCP4('dhcp4_client_class', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_client_class_AINS AFTER INSERT ON dhcp4_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_client_class_AINS();

CREATE FUNCTION func_dhcp4_client_class_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_session_value('kea.depend_on_known_directly', OLD.depend_on_known_directly);
    PERFORM set_session_value('kea.client_class_id', NEW.id);
    PERFORM setClientClass4Order(NEW.id, NEW.follow_class_name, OLD.follow_class_name);
    PERFORM createAuditEntryDHCP4('dhcp4_client_class', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_client_class_AUPD AFTER UPDATE ON dhcp4_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_client_class_AUPD();

CREATE FUNCTION func_dhcp4_client_class_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_client_class', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_client_class_ADEL AFTER DELETE ON dhcp4_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_client_class_ADEL();

CREATE FUNCTION func_dhcp4_client_class_check_dependency_BINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM checkDHCPv4ClientClassDependency(NEW.class_id, NEW.dependency_id);
    RETURN NEW;
END $$;
CREATE TRIGGER dhcp4_client_class_check_dependency_BINS BEFORE INSERT ON dhcp4_client_class_dependency FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_client_class_check_dependency_BINS();

CREATE FUNCTION func_dhcp4_client_class_dependency_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM updateDHCPv4ClientClassKnownDependency(NEW.class_id, NEW.dependency_id);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_client_class_dependency_AINS AFTER INSERT ON dhcp4_client_class_dependency FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_client_class_dependency_AINS();

CREATE FUNCTION func_dhcp4_subnet_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_subnet', NEW.subnet_id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_subnet_AINS AFTER INSERT ON dhcp4_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_subnet_AINS();

CREATE FUNCTION func_dhcp4_subnet_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_subnet', NEW.subnet_id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_subnet_AUPD AFTER UPDATE ON dhcp4_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_subnet_AUPD();

CREATE FUNCTION func_dhcp4_shared_network_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_shared_network', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_shared_network_AINS AFTER INSERT ON dhcp4_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_shared_network_AINS();

CREATE FUNCTION func_dhcp4_shared_network_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_shared_network', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_shared_network_AUPD AFTER UPDATE ON dhcp4_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_shared_network_AUPD();

-- What belongs to a subnet or a network goes with it, before it, so that the audit has
-- the same order as on MySQL.
CREATE FUNCTION func_dhcp4_subnet_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_subnet', OLD.subnet_id, 'delete');
    DELETE FROM dhcp4_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp4_options WHERE dhcp4_subnet_id = OLD.subnet_id;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp4_subnet_BDEL BEFORE DELETE ON dhcp4_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_subnet_BDEL();

CREATE FUNCTION func_dhcp4_shared_network_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_shared_network', OLD.id, 'delete');
    UPDATE dhcp4_subnet SET shared_network_name = NULL WHERE shared_network_name = OLD.name;
    DELETE FROM dhcp4_options WHERE shared_network_name = OLD.name;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp4_shared_network_BDEL BEFORE DELETE ON dhcp4_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_shared_network_BDEL();

CREATE FUNCTION func_dhcp4_pool_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dhcp4_options WHERE scope_id = 5 AND pool_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp4_pool_BDEL BEFORE DELETE ON dhcp4_pool FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_pool_BDEL();

CREATE FUNCTION func_dhcp4_options_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP4('create', NEW.scope_id, NEW.option_id, NEW.dhcp4_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.modification_ts);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_options_AINS AFTER INSERT ON dhcp4_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_options_AINS();

CREATE FUNCTION func_dhcp4_options_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP4('update', NEW.scope_id, NEW.option_id, NEW.dhcp4_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.modification_ts);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_options_AUPD AFTER UPDATE ON dhcp4_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_options_AUPD();

CREATE FUNCTION func_dhcp4_options_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP4('delete', OLD.scope_id, OLD.option_id, OLD.dhcp4_subnet_id, OLD.host_id,
        OLD.shared_network_name, OLD.pool_id, NOW());
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp4_options_ADEL AFTER DELETE ON dhcp4_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp4_options_ADEL();

CREATE FUNCTION func_dhcp6_server_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_server', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_server_AINS AFTER INSERT ON dhcp6_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_server_AINS();

CREATE FUNCTION func_dhcp6_server_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_server', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_server_AUPD AFTER UPDATE ON dhcp6_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_server_AUPD();

CREATE FUNCTION func_dhcp6_server_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_server', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_server_ADEL AFTER DELETE ON dhcp6_server FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_server_ADEL();

CREATE FUNCTION func_dhcp6_global_parameter_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_global_parameter', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_global_parameter_AINS AFTER INSERT ON dhcp6_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_global_parameter_AINS();

CREATE FUNCTION func_dhcp6_global_parameter_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_global_parameter', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_global_parameter_AUPD AFTER UPDATE ON dhcp6_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_global_parameter_AUPD();

CREATE FUNCTION func_dhcp6_global_parameter_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_global_parameter', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_global_parameter_ADEL AFTER DELETE ON dhcp6_global_parameter FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_global_parameter_ADEL();

CREATE FUNCTION func_dhcp6_option_def_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_option_def', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_option_def_AINS AFTER INSERT ON dhcp6_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_option_def_AINS();

CREATE FUNCTION func_dhcp6_option_def_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_option_def', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_option_def_AUPD AFTER UPDATE ON dhcp6_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_option_def_AUPD();

CREATE FUNCTION func_dhcp6_option_def_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_option_def', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_option_def_ADEL AFTER DELETE ON dhcp6_option_def FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_option_def_ADEL();

CREATE FUNCTION func_dhcp6_client_class_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setClientClass6Order(NEW.id, NEW.follow_class_name, NULL);
    PERFORM createAuditEntryDHCP6('dhcp6_client_class', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_client_class_AINS AFTER INSERT ON dhcp6_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_client_class_AINS();

CREATE FUNCTION func_dhcp6_client_class_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_session_value('kea.depend_on_known_directly', OLD.depend_on_known_directly);
    PERFORM set_session_value('kea.client_class_id', NEW.id);
    PERFORM setClientClass6Order(NEW.id, NEW.follow_class_name, OLD.follow_class_name);
    PERFORM createAuditEntryDHCP6('dhcp6_client_class', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_client_class_AUPD AFTER UPDATE ON dhcp6_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_client_class_AUPD();

CREATE FUNCTION func_dhcp6_client_class_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_client_class', OLD.id, 'delete');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_client_class_ADEL AFTER DELETE ON dhcp6_client_class FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_client_class_ADEL();

CREATE FUNCTION func_dhcp6_client_class_check_dependency_BINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM checkDHCPv6ClientClassDependency(NEW.class_id, NEW.dependency_id);
    RETURN NEW;
END $$;
CREATE TRIGGER dhcp6_client_class_check_dependency_BINS BEFORE INSERT ON dhcp6_client_class_dependency FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_client_class_check_dependency_BINS();

CREATE FUNCTION func_dhcp6_client_class_dependency_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM updateDHCPv6ClientClassKnownDependency(NEW.class_id, NEW.dependency_id);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_client_class_dependency_AINS AFTER INSERT ON dhcp6_client_class_dependency FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_client_class_dependency_AINS();

CREATE FUNCTION func_dhcp6_subnet_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_subnet', NEW.subnet_id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_subnet_AINS AFTER INSERT ON dhcp6_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_subnet_AINS();

CREATE FUNCTION func_dhcp6_subnet_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_subnet', NEW.subnet_id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_subnet_AUPD AFTER UPDATE ON dhcp6_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_subnet_AUPD();

CREATE FUNCTION func_dhcp6_shared_network_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_shared_network', NEW.id, 'create');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_shared_network_AINS AFTER INSERT ON dhcp6_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_shared_network_AINS();

CREATE FUNCTION func_dhcp6_shared_network_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_shared_network', NEW.id, 'update');
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_shared_network_AUPD AFTER UPDATE ON dhcp6_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_shared_network_AUPD();

-- What belongs to a subnet or a network goes with it, before it, so that the audit has
-- the same order as on MySQL.
CREATE FUNCTION func_dhcp6_subnet_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_subnet', OLD.subnet_id, 'delete');
    DELETE FROM dhcp6_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp6_pd_pool WHERE subnet_id = OLD.subnet_id;
    DELETE FROM dhcp6_options WHERE dhcp6_subnet_id = OLD.subnet_id;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp6_subnet_BDEL BEFORE DELETE ON dhcp6_subnet FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_subnet_BDEL();

CREATE FUNCTION func_dhcp6_shared_network_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_shared_network', OLD.id, 'delete');
    UPDATE dhcp6_subnet SET shared_network_name = NULL WHERE shared_network_name = OLD.name;
    DELETE FROM dhcp6_options WHERE shared_network_name = OLD.name;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp6_shared_network_BDEL BEFORE DELETE ON dhcp6_shared_network FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_shared_network_BDEL();

CREATE FUNCTION func_dhcp6_pool_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dhcp6_options WHERE scope_id = 5 AND pool_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER dhcp6_pool_BDEL BEFORE DELETE ON dhcp6_pool FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_pool_BDEL();

CREATE FUNCTION func_dhcp6_options_AINS() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP6('create', NEW.scope_id, NEW.option_id, NEW.dhcp6_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.pd_pool_id, NEW.modification_ts);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_options_AINS AFTER INSERT ON dhcp6_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_options_AINS();

CREATE FUNCTION func_dhcp6_options_AUPD() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP6('update', NEW.scope_id, NEW.option_id, NEW.dhcp6_subnet_id, NEW.host_id,
        NEW.shared_network_name, NEW.pool_id, NEW.pd_pool_id, NEW.modification_ts);
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_options_AUPD AFTER UPDATE ON dhcp6_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_options_AUPD();

CREATE FUNCTION func_dhcp6_options_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createOptionAuditDHCP6('delete', OLD.scope_id, OLD.option_id, OLD.dhcp6_subnet_id, OLD.host_id,
        OLD.shared_network_name, OLD.pool_id, OLD.pd_pool_id, NOW());
    RETURN NULL;
END $$;
CREATE TRIGGER dhcp6_options_ADEL AFTER DELETE ON dhcp6_options FOR EACH ROW EXECUTE PROCEDURE func_dhcp6_options_ADEL();

-- Of no effect, as in Kea (see modification_ts_update): one of dhcp6_server has the name
-- that would be dhcp6_subnet's.
CREATE TRIGGER dhcp4_audit_modification_ts_update AFTER UPDATE ON dhcp4_audit FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_audit_revision_modification_ts_update AFTER UPDATE ON dhcp4_audit_revision FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_global_parameter_modification_ts_update AFTER UPDATE ON dhcp4_global_parameter FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_global_parameter_server_modification_ts_update AFTER UPDATE ON dhcp4_global_parameter_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_option_def_modification_ts_update AFTER UPDATE ON dhcp4_option_def FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_option_def_server_modification_ts_update AFTER UPDATE ON dhcp4_option_def_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_options_modification_ts_update AFTER UPDATE ON dhcp4_options FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_options_server_modification_ts_update AFTER UPDATE ON dhcp4_options_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_pool_modification_ts_update AFTER UPDATE ON dhcp4_pool FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_server_modification_ts_update AFTER UPDATE ON dhcp4_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_shared_network_modification_ts_update AFTER UPDATE ON dhcp4_shared_network FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_subnet_modification_ts_update AFTER UPDATE ON dhcp4_subnet FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp4_subnet_server_modification_ts_update AFTER UPDATE ON dhcp4_subnet_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_audit_modification_ts_update AFTER UPDATE ON dhcp6_audit FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_audit_revision_modification_ts_update AFTER UPDATE ON dhcp6_audit_revision FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_global_parameter_modification_ts_update AFTER UPDATE ON dhcp6_global_parameter FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_global_parameter_server_modification_ts_update AFTER UPDATE ON dhcp6_global_parameter_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_option_def_modification_ts_update AFTER UPDATE ON dhcp6_option_def FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_option_def_server_modification_ts_update AFTER UPDATE ON dhcp6_option_def_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_options_modification_ts_update AFTER UPDATE ON dhcp6_options FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_options_server_modification_ts_update AFTER UPDATE ON dhcp6_options_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_pd_pool_modification_ts_update AFTER UPDATE ON dhcp6_pd_pool FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_pool_modification_ts_update AFTER UPDATE ON dhcp6_pool FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_server_modification_ts_update AFTER UPDATE ON dhcp6_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_subnet_modification_ts_update AFTER UPDATE ON dhcp6_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_shared_network_modification_ts_update AFTER UPDATE ON dhcp6_shared_network FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();
CREATE TRIGGER dhcp6_subnet_server_modification_ts_update AFTER UPDATE ON dhcp6_subnet_server FOR EACH ROW EXECUTE PROCEDURE modification_ts_update();

-- Left over in Kea's databases from earlier versions, and called by nothing.
CREATE FUNCTION proc_stat_lease4_insert() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease4_AINS_lease4_stat(NEW.state, NEW.subnet_id);
    RETURN NULL;
END $$;

CREATE FUNCTION proc_stat_lease4_update() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease4_AUPD_lease4_stat(OLD.state, OLD.subnet_id, NEW.state, NEW.subnet_id);
    RETURN NULL;
END $$;

CREATE FUNCTION proc_stat_lease4_delete() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease4_ADEL_lease4_stat(OLD.state, OLD.subnet_id);
    RETURN NULL;
END $$;

CREATE FUNCTION func_dhcp4_shared_network_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP4('dhcp4_shared_network', OLD.id, 'delete');
    RETURN NULL;
END $$;

CREATE FUNCTION proc_stat_lease6_insert() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease6_AINS_lease6_stat(NEW.state, NEW.subnet_id, NEW.lease_type);
    RETURN NULL;
END $$;

CREATE FUNCTION proc_stat_lease6_update() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease6_AUPD_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type, NEW.state, NEW.subnet_id, NEW.lease_type);
    RETURN NULL;
END $$;

CREATE FUNCTION proc_stat_lease6_delete() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lease6_ADEL_lease6_stat(OLD.state, OLD.subnet_id, OLD.lease_type);
    RETURN NULL;
END $$;

CREATE FUNCTION func_dhcp6_shared_network_ADEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM createAuditEntryDHCP6('dhcp6_shared_network', OLD.id, 'delete');
    RETURN NULL;
END $$;

CREATE FUNCTION func_dhcp6_pd_pool_BDEL() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dhcp6_options WHERE scope_id = 6 AND pd_pool_id = OLD.id;
    RETURN OLD;
END $$;
