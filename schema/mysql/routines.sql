-- Routines: counters of leases, limits, the texts of lease files, the audit of
-- configuration changes, the order of classes. Their names and what they do are
-- Kea's, since its daemons and hooks call them.

DELIMITER $$

-- ---------------------------------------------------------------- auxiliary

-- Whether the server has JSON functions: versions that do not are long gone, but the
-- triggers of Kea ask.
CREATE FUNCTION isJsonSupported()
RETURNS BOOLEAN DETERMINISTIC
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION RETURN FALSE;
    RETURN JSON_VALID('{}');
END $$

-- 0A1B2C as 0a:1b:2c; an odd number of digits gets a zero in front.
CREATE FUNCTION colonSeparatedHex(hex VARCHAR(512))
RETURNS VARCHAR(768) DETERMINISTIC
BEGIN
    DECLARE digits VARCHAR(513) DEFAULT LOWER(IF(LENGTH(hex) % 2 = 1, CONCAT('0', hex), hex));
    DECLARE result VARCHAR(768) DEFAULT SUBSTR(digits, 1, 2);
    DECLARE at INT DEFAULT 3;
    WHILE at < LENGTH(digits) DO
        SET result = CONCAT(result, ':', SUBSTR(digits, at, 2));
        SET at = at + 2;
    END WHILE;
    RETURN result;
END $$

-- ---------------------------------------------------------------- counters
--
-- The triggers of the lease tables keep, for each subnet and for each pool, how many
-- leases are in a state that counts, and for each client class how many are assigned.
-- A row comes with the first lease and stays.

CREATE PROCEDURE lease4_AINS_lease4_stat(IN new_state TINYINT, IN new_subnet_id INT UNSIGNED)
BEGIN
    IF new_state IN (0, 1) THEN
        INSERT INTO lease4_stat (subnet_id, state, leases)
            VALUES (new_subnet_id, new_state, 1)
            ON DUPLICATE KEY UPDATE leases = leases + 1;
    END IF;
END $$

CREATE PROCEDURE lease4_ADEL_lease4_stat(IN old_state TINYINT, IN old_subnet_id INT UNSIGNED)
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease4_stat SET leases = GREATEST(leases, 1) - 1
            WHERE subnet_id = old_subnet_id AND state = old_state;
    END IF;
END $$

CREATE PROCEDURE lease4_AUPD_lease4_stat(
    IN old_state TINYINT, IN old_subnet_id INT UNSIGNED,
    IN new_state TINYINT, IN new_subnet_id INT UNSIGNED)
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_state <> new_state THEN
        CALL lease4_ADEL_lease4_stat(old_state, old_subnet_id);
        CALL lease4_AINS_lease4_stat(new_state, new_subnet_id);
    END IF;
END $$

CREATE PROCEDURE lease4_AINS_lease4_pool_stat(IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_pool_id INT UNSIGNED)
BEGIN
    IF new_state IN (0, 1) THEN
        INSERT INTO lease4_pool_stat (subnet_id, pool_id, state, leases)
            VALUES (new_subnet_id, new_pool_id, new_state, 1)
            ON DUPLICATE KEY UPDATE leases = leases + 1;
    END IF;
END $$

CREATE PROCEDURE lease4_ADEL_lease4_pool_stat(IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_pool_id INT UNSIGNED)
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease4_pool_stat SET leases = GREATEST(leases, 1) - 1
            WHERE subnet_id = old_subnet_id AND pool_id = old_pool_id AND state = old_state;
    END IF;
END $$

CREATE PROCEDURE lease4_AUPD_lease4_pool_stat(
    IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_pool_id INT UNSIGNED,
    IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_pool_id INT UNSIGNED)
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_pool_id <> new_pool_id OR old_state <> new_state THEN
        CALL lease4_ADEL_lease4_pool_stat(old_state, old_subnet_id, old_pool_id);
        CALL lease4_AINS_lease4_pool_stat(new_state, new_subnet_id, new_pool_id);
    END IF;
END $$

CREATE PROCEDURE lease6_AINS_lease6_stat(IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_lease_type TINYINT)
BEGIN
    IF new_state IN (0, 1, 4) THEN
        INSERT INTO lease6_stat (subnet_id, lease_type, state, leases)
            VALUES (new_subnet_id, new_lease_type, new_state, 1)
            ON DUPLICATE KEY UPDATE leases = leases + 1;
    END IF;
END $$

CREATE PROCEDURE lease6_ADEL_lease6_stat(IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_lease_type TINYINT)
BEGIN
    IF old_state IN (0, 1, 4) THEN
        UPDATE lease6_stat SET leases = GREATEST(leases, 1) - 1
            WHERE subnet_id = old_subnet_id AND lease_type = old_lease_type AND state = old_state;
    END IF;
END $$

CREATE PROCEDURE lease6_AUPD_lease6_stat(
    IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_lease_type TINYINT,
    IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_lease_type TINYINT)
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_lease_type <> new_lease_type OR old_state <> new_state THEN
        CALL lease6_ADEL_lease6_stat(old_state, old_subnet_id, old_lease_type);
        CALL lease6_AINS_lease6_stat(new_state, new_subnet_id, new_lease_type);
    END IF;
END $$

CREATE PROCEDURE lease6_AINS_lease6_pool_stat(IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_pool_id INT UNSIGNED, IN new_lease_type TINYINT)
BEGIN
    IF new_state IN (0, 1) THEN
        INSERT INTO lease6_pool_stat (subnet_id, pool_id, lease_type, state, leases)
            VALUES (new_subnet_id, new_pool_id, new_lease_type, new_state, 1)
            ON DUPLICATE KEY UPDATE leases = leases + 1;
    END IF;
END $$

CREATE PROCEDURE lease6_ADEL_lease6_pool_stat(IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_pool_id INT UNSIGNED, IN old_lease_type TINYINT)
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease6_pool_stat SET leases = GREATEST(leases, 1) - 1
            WHERE subnet_id = old_subnet_id AND pool_id = old_pool_id AND lease_type = old_lease_type AND state = old_state;
    END IF;
END $$

CREATE PROCEDURE lease6_AUPD_lease6_pool_stat(
    IN old_state TINYINT, IN old_subnet_id INT UNSIGNED, IN old_pool_id INT UNSIGNED, IN old_lease_type TINYINT,
    IN new_state TINYINT, IN new_subnet_id INT UNSIGNED, IN new_pool_id INT UNSIGNED, IN new_lease_type TINYINT)
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_pool_id <> new_pool_id OR old_lease_type <> new_lease_type OR old_state <> new_state THEN
        CALL lease6_ADEL_lease6_pool_stat(old_state, old_subnet_id, old_pool_id, old_lease_type);
        CALL lease6_AINS_lease6_pool_stat(new_state, new_subnet_id, new_pool_id, new_lease_type);
    END IF;
END $$

-- The classes of a lease are a list in its user context, put there by the limits hook.
CREATE PROCEDURE lease4_AINS_lease4_stat_by_client_class(
    IN new_state TINYINT, IN new_user_context TEXT)
BEGIN
    DECLARE classes TEXT;
    DECLARE at INT DEFAULT 0;
    -- A context that is no JSON has no classes (3141 MySQL, 4037 and 4038 MariaDB).
    DECLARE CONTINUE HANDLER FOR 3141, 4037, 4038 BEGIN END;
    IF new_state = 0 THEN
        SET classes = JSON_EXTRACT(new_user_context, '$.ISC."client-classes"');
        WHILE at < JSON_LENGTH(classes) DO
            INSERT INTO lease4_stat_by_client_class (client_class, leases)
                VALUES (JSON_UNQUOTE(JSON_EXTRACT(classes, CONCAT('$[', at, ']'))), 1)
                ON DUPLICATE KEY UPDATE leases = leases + 1;
            SET at = at + 1;
        END WHILE;
    END IF;
END $$

CREATE PROCEDURE lease4_ADEL_lease4_stat_by_client_class(
    IN old_state TINYINT, IN old_user_context TEXT)
BEGIN
    DECLARE classes TEXT;
    DECLARE at INT DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR 3141, 4037, 4038 BEGIN END;
    IF old_state = 0 THEN
        SET classes = JSON_EXTRACT(old_user_context, '$.ISC."client-classes"');
        WHILE at < JSON_LENGTH(classes) DO
            UPDATE lease4_stat_by_client_class SET leases = IF(leases > 0, leases - 1, 0)
                WHERE client_class = JSON_UNQUOTE(JSON_EXTRACT(classes, CONCAT('$[', at, ']')));
            SET at = at + 1;
        END WHILE;
    END IF;
END $$

CREATE PROCEDURE lease4_AUPD_lease4_stat_by_client_class(
    IN old_state TINYINT, IN old_user_context TEXT,
    IN new_state TINYINT, IN new_user_context TEXT)
BEGIN
    IF old_state <> new_state OR NOT (old_user_context <=> new_user_context) THEN
        CALL lease4_ADEL_lease4_stat_by_client_class(old_state, old_user_context);
        CALL lease4_AINS_lease4_stat_by_client_class(new_state, new_user_context);
    END IF;
END $$

-- The classes of a lease are a list in its user context, put there by the limits hook.
CREATE PROCEDURE lease6_AINS_lease6_stat_by_client_class(
    IN new_state TINYINT, IN new_user_context TEXT, IN new_lease_type TINYINT)
BEGIN
    DECLARE classes TEXT;
    DECLARE at INT DEFAULT 0;
    -- A context that is no JSON has no classes (3141 MySQL, 4037 and 4038 MariaDB).
    DECLARE CONTINUE HANDLER FOR 3141, 4037, 4038 BEGIN END;
    IF new_state = 0 THEN
        SET classes = JSON_EXTRACT(new_user_context, '$.ISC."client-classes"');
        WHILE at < JSON_LENGTH(classes) DO
            INSERT INTO lease6_stat_by_client_class (client_class, lease_type, leases)
                VALUES (JSON_UNQUOTE(JSON_EXTRACT(classes, CONCAT('$[', at, ']'))), new_lease_type, 1)
                ON DUPLICATE KEY UPDATE leases = leases + 1;
            SET at = at + 1;
        END WHILE;
    END IF;
END $$

CREATE PROCEDURE lease6_ADEL_lease6_stat_by_client_class(
    IN old_state TINYINT, IN old_user_context TEXT, IN old_lease_type TINYINT)
BEGIN
    DECLARE classes TEXT;
    DECLARE at INT DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR 3141, 4037, 4038 BEGIN END;
    IF old_state = 0 THEN
        SET classes = JSON_EXTRACT(old_user_context, '$.ISC."client-classes"');
        WHILE at < JSON_LENGTH(classes) DO
            UPDATE lease6_stat_by_client_class SET leases = IF(leases > 0, leases - 1, 0)
                WHERE client_class = JSON_UNQUOTE(JSON_EXTRACT(classes, CONCAT('$[', at, ']'))) AND lease_type = old_lease_type;
            SET at = at + 1;
        END WHILE;
    END IF;
END $$

CREATE PROCEDURE lease6_AUPD_lease6_stat_by_client_class(
    IN old_state TINYINT, IN old_user_context TEXT, IN old_lease_type TINYINT,
    IN new_state TINYINT, IN new_user_context TEXT, IN new_lease_type TINYINT)
BEGIN
    IF old_state <> new_state OR NOT (old_user_context <=> new_user_context) OR old_lease_type <> new_lease_type THEN
        CALL lease6_ADEL_lease6_stat_by_client_class(old_state, old_user_context, old_lease_type);
        CALL lease6_AINS_lease6_stat_by_client_class(new_state, new_user_context, new_lease_type);
    END IF;
END $$

-- ---------------------------------------------------------------- limits
--
-- The limits hook asks whether a lease may be given: the context holds the limits of
-- the client's classes and of its subnet. The answer is the first that is reached, in
-- words; nothing when none is.

CREATE FUNCTION checkLease4Limits(user_context TEXT)
RETURNS TEXT READS SQL DATA
BEGIN
    DECLARE classes, class TEXT;
    DECLARE class_name VARCHAR(255);
    DECLARE at INT DEFAULT 0;
    DECLARE most, used, subnet BIGINT;

    SET classes = JSON_EXTRACT(user_context, '$.ISC.limits."client-classes"');
    WHILE at < JSON_LENGTH(classes) DO
        SET class = JSON_EXTRACT(classes, CONCAT('$[', at, ']'));
        SET class_name = JSON_UNQUOTE(JSON_EXTRACT(class, '$.name'));
        SET most = JSON_EXTRACT(class, '$."address-limit"');
        SET used = COALESCE((SELECT leases FROM lease4_stat_by_client_class WHERE client_class = class_name), 0);
        IF most <= used THEN
            RETURN CONCAT('address limit ', most, ' for client class "', class_name, '", current lease count ', used);
        END IF;
        SET at = at + 1;
    END WHILE;

    SET subnet = JSON_EXTRACT(user_context, '$.ISC.limits.subnet.id');
    SET most = JSON_EXTRACT(user_context, '$.ISC.limits.subnet."address-limit"');
    SET used = COALESCE((SELECT leases FROM lease4_stat WHERE subnet_id = subnet AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('address limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    RETURN '';
END $$

CREATE FUNCTION checkLease6Limits(user_context TEXT)
RETURNS TEXT READS SQL DATA
BEGIN
    DECLARE classes, class TEXT;
    DECLARE class_name VARCHAR(255);
    DECLARE at INT DEFAULT 0;
    DECLARE most, used, subnet BIGINT;

    SET classes = JSON_EXTRACT(user_context, '$.ISC.limits."client-classes"');
    WHILE at < JSON_LENGTH(classes) DO
        SET class = JSON_EXTRACT(classes, CONCAT('$[', at, ']'));
        SET class_name = JSON_UNQUOTE(JSON_EXTRACT(class, '$.name'));
        SET most = JSON_EXTRACT(class, '$."address-limit"');
        SET used = COALESCE((SELECT leases FROM lease6_stat_by_client_class WHERE client_class = class_name AND lease_type = 0), 0);
        IF most <= used THEN
            RETURN CONCAT('address limit ', most, ' for client class "', class_name, '", current lease count ', used);
        END IF;
        SET most = JSON_EXTRACT(class, '$."prefix-limit"');
        SET used = COALESCE((SELECT leases FROM lease6_stat_by_client_class WHERE client_class = class_name AND lease_type = 2), 0);
        IF most <= used THEN
            RETURN CONCAT('prefix limit ', most, ' for client class "', class_name, '", current lease count ', used);
        END IF;
        SET at = at + 1;
    END WHILE;

    SET subnet = JSON_EXTRACT(user_context, '$.ISC.limits.subnet.id');
    SET most = JSON_EXTRACT(user_context, '$.ISC.limits.subnet."address-limit"');
    SET used = COALESCE((SELECT leases FROM lease6_stat WHERE subnet_id = subnet AND lease_type = 0 AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('address limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    SET most = JSON_EXTRACT(user_context, '$.ISC.limits.subnet."prefix-limit"');
    SET used = COALESCE((SELECT leases FROM lease6_stat WHERE subnet_id = subnet AND lease_type = 2 AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('prefix limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    RETURN '';
END $$

-- ---------------------------------------------------------------- lease files
--
-- Rows of Kea's lease files (CSV): a comma within a value is written &#x2c.

CREATE PROCEDURE lease4DumpHeader()
BEGIN
    SELECT 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';
END $$

CREATE PROCEDURE lease4DumpData()
BEGIN
    SELECT
        INET_NTOA(address),
        COALESCE(colonSeparatedHex(HEX(hwaddr)), ''),
        COALESCE(colonSeparatedHex(HEX(client_id)), ''),
        valid_lifetime,
        UNIX_TIMESTAMP(expire),
        subnet_id,
        fqdn_fwd,
        fqdn_rev,
        REPLACE(hostname, ',', '&#x2c'),
        state,
        REPLACE(COALESCE(user_context, ''), ',', '&#x2c'),
        pool_id
    FROM lease4
    ORDER BY lease4.address;
END $$

CREATE PROCEDURE lease4Upload(
    IN p_address VARCHAR(45),
    IN p_hwaddr VARCHAR(64),
    IN p_client_id VARCHAR(768),
    IN p_valid_lifetime INT UNSIGNED,
    IN p_expire BIGINT UNSIGNED,
    IN p_subnet_id INT UNSIGNED,
    IN p_fqdn_fwd TINYINT,
    IN p_fqdn_rev TINYINT,
    IN p_hostname VARCHAR(255),
    IN p_state INT UNSIGNED,
    IN p_user_context TEXT,
    IN p_pool_id INT UNSIGNED)
BEGIN
    INSERT INTO lease4 (
        address, hwaddr, client_id, valid_lifetime, expire, subnet_id, fqdn_fwd, fqdn_rev, hostname, state, user_context, pool_id
    ) VALUES (
        INET_ATON(p_address),
        UNHEX(REPLACE(p_hwaddr, ':', '')),
        UNHEX(REPLACE(NULLIF(p_client_id, ''), ':', '')),
        p_valid_lifetime,
        FROM_UNIXTIME(p_expire),
        p_subnet_id,
        p_fqdn_fwd,
        p_fqdn_rev,
        REPLACE(p_hostname, '&#x2c', ','),
        p_state,
        REPLACE(NULLIF(p_user_context, ''), '&#x2c', ','),
        p_pool_id
    );
END $$

CREATE PROCEDURE lease6DumpHeader()
BEGIN
    SELECT 'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id';
END $$

CREATE PROCEDURE lease6DumpData()
BEGIN
    SELECT
        INET6_NTOA(address),
        COALESCE(colonSeparatedHex(HEX(duid)), ''),
        valid_lifetime,
        UNIX_TIMESTAMP(expire),
        subnet_id,
        pref_lifetime,
        lease_type,
        iaid,
        prefix_len,
        fqdn_fwd,
        fqdn_rev,
        REPLACE(hostname, ',', '&#x2c'),
        COALESCE(colonSeparatedHex(HEX(hwaddr)), ''),
        state,
        REPLACE(COALESCE(user_context, ''), ',', '&#x2c'),
        hwtype,
        hwaddr_source,
        pool_id
    FROM lease6
    ORDER BY lease6.address;
END $$

CREATE PROCEDURE lease6Upload(
    IN p_address VARCHAR(45),
    IN p_duid VARCHAR(392),
    IN p_valid_lifetime INT UNSIGNED,
    IN p_expire BIGINT UNSIGNED,
    IN p_subnet_id INT UNSIGNED,
    IN p_pref_lifetime INT UNSIGNED,
    IN p_lease_type TINYINT,
    IN p_iaid INT UNSIGNED,
    IN p_prefix_len TINYINT UNSIGNED,
    IN p_fqdn_fwd TINYINT,
    IN p_fqdn_rev TINYINT,
    IN p_hostname VARCHAR(255),
    IN p_hwaddr VARCHAR(64),
    IN p_state INT UNSIGNED,
    IN p_user_context TEXT,
    IN p_hwtype SMALLINT,
    IN p_hwaddr_source INT UNSIGNED,
    IN p_pool_id INT UNSIGNED)
BEGIN
    INSERT INTO lease6 (
        address, duid, valid_lifetime, expire, subnet_id, pref_lifetime, lease_type, iaid, prefix_len, fqdn_fwd, fqdn_rev, hostname, hwaddr, state, user_context, hwtype, hwaddr_source, pool_id
    ) VALUES (
        INET6_ATON(p_address),
        UNHEX(REPLACE(p_duid, ':', '')),
        p_valid_lifetime,
        FROM_UNIXTIME(p_expire),
        p_subnet_id,
        p_pref_lifetime,
        p_lease_type,
        p_iaid,
        p_prefix_len,
        p_fqdn_fwd,
        p_fqdn_rev,
        REPLACE(p_hostname, '&#x2c', ','),
        UNHEX(REPLACE(NULLIF(p_hwaddr, ''), ':', '')),
        p_state,
        REPLACE(NULLIF(p_user_context, ''), '&#x2c', ','),
        p_hwtype,
        p_hwaddr_source,
        p_pool_id
    );
END $$

-- ---------------------------------------------------------------- audit
--
-- Every change of the configuration belongs to a revision, of which the writer says
-- the time, the server and the reason; the triggers add what was changed. The revision
-- is kept in the session. While a change takes its children along (cascade), only the
-- parent is recorded, since servers read that whole.

CREATE PROCEDURE createAuditRevisionDHCP4(
    IN audit_ts TIMESTAMP, IN server_tag VARCHAR(256), IN audit_log_message TEXT, IN cascade_transaction BOOLEAN)
BEGIN
    IF NOT COALESCE(@disable_audit, 0) THEN
        INSERT INTO dhcp4_audit_revision (modification_ts, server_id, log_message)
            VALUES (audit_ts, (SELECT id FROM dhcp4_server WHERE tag = server_tag), audit_log_message);
        SET @audit_revision_id = LAST_INSERT_ID(), @cascade_transaction = cascade_transaction;
    END IF;
END $$

CREATE PROCEDURE createAuditEntryDHCP4(
    IN object_type_val VARCHAR(256), IN object_id_val BIGINT UNSIGNED, IN modification_type_val VARCHAR(32))
BEGIN
    IF NOT COALESCE(@disable_audit, 0) THEN
        INSERT INTO dhcp4_audit (object_type, object_id, modification_type, revision_id)
            SELECT object_type_val, object_id_val, m.id, @audit_revision_id
            FROM modification AS m WHERE m.modification_type = modification_type_val;
    END IF;
END $$

-- A global option is recorded itself; that of a subnet, a network or a pool by way of
-- the subnet or network, whose time of change moves. Options of hosts and classes are
-- not recorded.
CREATE PROCEDURE createOptionAuditDHCP4(
    IN modification_type VARCHAR(32), IN scope_id TINYINT UNSIGNED, IN option_id BIGINT UNSIGNED,
    IN subnet_id INT UNSIGNED, IN host_id INT UNSIGNED, IN network_name VARCHAR(128),
    IN pool_id BIGINT, IN modification_ts TIMESTAMP)
BEGIN
    IF NOT COALESCE(@cascade_transaction, 0) THEN
        CASE scope_id
            WHEN 0 THEN
                CALL createAuditEntryDHCP4('dhcp4_options', option_id, modification_type);
            WHEN 1 THEN
                UPDATE dhcp4_subnet AS s SET s.modification_ts = modification_ts
                    WHERE s.subnet_id = subnet_id;
            WHEN 4 THEN
                UPDATE dhcp4_shared_network AS n SET n.modification_ts = modification_ts
                    WHERE n.name = network_name;
            WHEN 5 THEN
                UPDATE dhcp4_subnet AS s SET s.modification_ts = modification_ts
                    WHERE s.subnet_id = (SELECT p.subnet_id FROM dhcp4_pool AS p WHERE p.id = pool_id);
            ELSE BEGIN END;
        END CASE;
    END IF;
END $$

CREATE PROCEDURE createAuditRevisionDHCP6(
    IN audit_ts TIMESTAMP, IN server_tag VARCHAR(256), IN audit_log_message TEXT, IN cascade_transaction BOOLEAN)
BEGIN
    IF NOT COALESCE(@disable_audit, 0) THEN
        INSERT INTO dhcp6_audit_revision (modification_ts, server_id, log_message)
            VALUES (audit_ts, (SELECT id FROM dhcp6_server WHERE tag = server_tag), audit_log_message);
        SET @audit_revision_id = LAST_INSERT_ID(), @cascade_transaction = cascade_transaction;
    END IF;
END $$

CREATE PROCEDURE createAuditEntryDHCP6(
    IN object_type_val VARCHAR(256), IN object_id_val BIGINT UNSIGNED, IN modification_type_val VARCHAR(32))
BEGIN
    IF NOT COALESCE(@disable_audit, 0) THEN
        INSERT INTO dhcp6_audit (object_type, object_id, modification_type, revision_id)
            SELECT object_type_val, object_id_val, m.id, @audit_revision_id
            FROM modification AS m WHERE m.modification_type = modification_type_val;
    END IF;
END $$

-- A global option is recorded itself; that of a subnet, a network or a pool by way of
-- the subnet or network, whose time of change moves. Options of hosts and classes are
-- not recorded.
CREATE PROCEDURE createOptionAuditDHCP6(
    IN modification_type VARCHAR(32), IN scope_id TINYINT UNSIGNED, IN option_id BIGINT UNSIGNED,
    IN subnet_id INT UNSIGNED, IN host_id INT UNSIGNED, IN network_name VARCHAR(128),
    IN pool_id BIGINT, IN pd_pool_id BIGINT, IN modification_ts TIMESTAMP)
BEGIN
    IF NOT COALESCE(@cascade_transaction, 0) THEN
        CASE scope_id
            WHEN 0 THEN
                CALL createAuditEntryDHCP6('dhcp6_options', option_id, modification_type);
            WHEN 1 THEN
                UPDATE dhcp6_subnet AS s SET s.modification_ts = modification_ts
                    WHERE s.subnet_id = subnet_id;
            WHEN 4 THEN
                UPDATE dhcp6_shared_network AS n SET n.modification_ts = modification_ts
                    WHERE n.name = network_name;
            WHEN 5 THEN
                UPDATE dhcp6_subnet AS s SET s.modification_ts = modification_ts
                    WHERE s.subnet_id = (SELECT p.subnet_id FROM dhcp6_pool AS p WHERE p.id = pool_id);
            WHEN 6 THEN
                UPDATE dhcp6_subnet AS s SET s.modification_ts = modification_ts
                    WHERE s.subnet_id = (SELECT p.subnet_id FROM dhcp6_pd_pool AS p WHERE p.id = pd_pool_id);
            ELSE BEGIN END;
        END CASE;
    END IF;
END $$

-- ---------------------------------------------------------------- classes
--
-- Classes are evaluated in the order of order_index; one may depend on classes before it
-- only, and those must belong to the same servers.

-- A class may depend on KNOWN and UNKNOWN by way of another one: the mark of that is
-- set when the dependency is recorded.
CREATE PROCEDURE updateDHCPv4ClientClassKnownDependency(IN client_class_id BIGINT UNSIGNED, IN dependency_id BIGINT UNSIGNED)
BEGIN
    UPDATE dhcp4_client_class_order AS mine
        JOIN dhcp4_client_class AS c ON c.id = dependency_id
        JOIN dhcp4_client_class_order AS o ON o.class_id = dependency_id
        SET mine.depend_on_known_indirectly = 1
        WHERE mine.class_id = client_class_id AND (c.depend_on_known_directly OR o.depend_on_known_indirectly);
END $$

-- A class on which others depend must not begin or cease to depend on KNOWN: when it is
-- evaluated would change for all of them. The session knows what it was.
CREATE PROCEDURE checkDHCPv4ClientClassKnownDependencyChange()
BEGIN
    DECLARE before_update, after_update BOOLEAN;
    IF EXISTS (SELECT 1 FROM dhcp4_client_class_dependency WHERE dependency_id = @client_class_id) THEN
        SET before_update = COALESCE(@depend_on_known_directly, 0) <> 0 OR COALESCE(@depend_on_known_indirectly, 0) <> 0;
        SET after_update = (
            SELECT c.depend_on_known_directly <> 0 OR COALESCE(o.depend_on_known_indirectly, 0) <> 0
            FROM dhcp4_client_class AS c LEFT JOIN dhcp4_client_class_order AS o ON o.class_id = c.id
            WHERE c.id = @client_class_id);
        IF before_update <> after_update THEN
            SIGNAL SQLSTATE '45000'
                SET MESSAGE_TEXT = 'Other classes depend on this one: whether it depends on KNOWN or UNKNOWN must not change.';
        END IF;
    END IF;
END $$

CREATE PROCEDURE checkDHCPv4ClientClassDependency(IN class_id BIGINT UNSIGNED, IN dependency_id BIGINT UNSIGNED)
BEGIN
    DECLARE mine, other BIGINT UNSIGNED;
    DECLARE fault VARCHAR(128);
    SET mine = (SELECT o.order_index FROM dhcp4_client_class_order AS o WHERE o.class_id = class_id);
    SET other = (SELECT o.order_index FROM dhcp4_client_class_order AS o WHERE o.class_id = dependency_id);
    IF class_id IS NULL OR dependency_id IS NULL THEN
        SET fault = 'A dependency of client classes lacks a class id.';
    ELSEIF class_id = dependency_id THEN
        SET fault = 'A client class must not depend on itself.';
    ELSEIF mine IS NULL THEN
        SET fault = CONCAT('There is no client class with id ', class_id, '.');
    ELSEIF other IS NULL THEN
        SET fault = CONCAT('There is no client class with id ', dependency_id, ', on which another is to depend.');
    ELSEIF other > mine THEN
        SET fault = CONCAT('Client class with id ', class_id, ' must not depend on the later one with id ', dependency_id, '.');
    ELSEIF EXISTS (
        SELECT 1 FROM dhcp4_client_class_server AS s
        WHERE s.class_id = class_id AND NOT EXISTS (
            SELECT 1 FROM dhcp4_client_class_server AS d
            WHERE d.class_id = dependency_id AND d.server_id IN (1, s.server_id))
    ) THEN
        SET fault = CONCAT('Client class with id ', class_id, ' is for servers that lack the class on which it depends.');
    END IF;
    IF fault IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
    END IF;
END $$

-- Puts a class behind another one, or at the end. A class that is changed without being
-- moved keeps its place; its indirect dependency on KNOWN is found anew by those who
-- write its dependencies, so it is reset here and remembered in the session.
CREATE PROCEDURE setClientClass4Order(
    IN id BIGINT UNSIGNED, IN follow_class_name VARCHAR(128), IN old_follow_class_name VARCHAR(128))
place: BEGIN
    DECLARE behind BIGINT UNSIGNED;
    DECLARE fault VARCHAR(256);
    SET @depend_on_known_indirectly = (
        SELECT o.depend_on_known_indirectly FROM dhcp4_client_class_order AS o WHERE o.class_id = id);
    IF @depend_on_known_indirectly IS NOT NULL AND follow_class_name <=> old_follow_class_name THEN
        UPDATE dhcp4_client_class_order SET depend_on_known_indirectly = 0 WHERE class_id = id;
        LEAVE place;
    END IF;

    IF follow_class_name IS NULL THEN
        SET behind = (SELECT COALESCE(MAX(order_index), 0) FROM dhcp4_client_class_order);
    ELSE
        SET behind = (
            SELECT o.order_index FROM dhcp4_client_class AS c
            JOIN dhcp4_client_class_order AS o ON o.class_id = c.id
            WHERE c.name = follow_class_name);
        IF behind IS NULL THEN
            SET fault = CONCAT('There is no client class ', follow_class_name, ' to put another one behind.');
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
        END IF;
        IF EXISTS (SELECT 1 FROM dhcp4_client_class_order WHERE order_index = behind + 1) THEN
            UPDATE dhcp4_client_class_order SET order_index = order_index + 1
                WHERE order_index > behind ORDER BY order_index DESC;
        END IF;
    END IF;

    IF EXISTS (
        SELECT 1 FROM dhcp4_client_class_dependency AS d
        JOIN dhcp4_client_class_order AS o ON o.class_id = d.class_id
        WHERE d.dependency_id = id AND o.order_index <= behind
    ) THEN
        SET fault = CONCAT('Client class with id ', id, ' cannot be moved behind classes that depend on it.');
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
    END IF;
    INSERT INTO dhcp4_client_class_order (class_id, order_index, depend_on_known_indirectly)
        VALUES (id, behind + 1, 0)
        ON DUPLICATE KEY UPDATE order_index = behind + 1, depend_on_known_indirectly = 0;
END $$

-- A class may depend on KNOWN and UNKNOWN by way of another one: the mark of that is
-- set when the dependency is recorded.
CREATE PROCEDURE updateDHCPv6ClientClassKnownDependency(IN client_class_id BIGINT UNSIGNED, IN dependency_id BIGINT UNSIGNED)
BEGIN
    UPDATE dhcp6_client_class_order AS mine
        JOIN dhcp6_client_class AS c ON c.id = dependency_id
        JOIN dhcp6_client_class_order AS o ON o.class_id = dependency_id
        SET mine.depend_on_known_indirectly = 1
        WHERE mine.class_id = client_class_id AND (c.depend_on_known_directly OR o.depend_on_known_indirectly);
END $$

-- A class on which others depend must not begin or cease to depend on KNOWN: when it is
-- evaluated would change for all of them. The session knows what it was.
CREATE PROCEDURE checkDHCPv6ClientClassKnownDependencyChange()
BEGIN
    DECLARE before_update, after_update BOOLEAN;
    IF EXISTS (SELECT 1 FROM dhcp6_client_class_dependency WHERE dependency_id = @client_class_id) THEN
        SET before_update = COALESCE(@depend_on_known_directly, 0) <> 0 OR COALESCE(@depend_on_known_indirectly, 0) <> 0;
        SET after_update = (
            SELECT c.depend_on_known_directly <> 0 OR COALESCE(o.depend_on_known_indirectly, 0) <> 0
            FROM dhcp6_client_class AS c LEFT JOIN dhcp6_client_class_order AS o ON o.class_id = c.id
            WHERE c.id = @client_class_id);
        IF before_update <> after_update THEN
            SIGNAL SQLSTATE '45000'
                SET MESSAGE_TEXT = 'Other classes depend on this one: whether it depends on KNOWN or UNKNOWN must not change.';
        END IF;
    END IF;
END $$

CREATE PROCEDURE checkDHCPv6ClientClassDependency(IN class_id BIGINT UNSIGNED, IN dependency_id BIGINT UNSIGNED)
BEGIN
    DECLARE mine, other BIGINT UNSIGNED;
    DECLARE fault VARCHAR(128);
    SET mine = (SELECT o.order_index FROM dhcp6_client_class_order AS o WHERE o.class_id = class_id);
    SET other = (SELECT o.order_index FROM dhcp6_client_class_order AS o WHERE o.class_id = dependency_id);
    IF class_id IS NULL OR dependency_id IS NULL THEN
        SET fault = 'A dependency of client classes lacks a class id.';
    ELSEIF class_id = dependency_id THEN
        SET fault = 'A client class must not depend on itself.';
    ELSEIF mine IS NULL THEN
        SET fault = CONCAT('There is no client class with id ', class_id, '.');
    ELSEIF other IS NULL THEN
        SET fault = CONCAT('There is no client class with id ', dependency_id, ', on which another is to depend.');
    ELSEIF other > mine THEN
        SET fault = CONCAT('Client class with id ', class_id, ' must not depend on the later one with id ', dependency_id, '.');
    ELSEIF EXISTS (
        SELECT 1 FROM dhcp6_client_class_server AS s
        WHERE s.class_id = class_id AND NOT EXISTS (
            SELECT 1 FROM dhcp6_client_class_server AS d
            WHERE d.class_id = dependency_id AND d.server_id IN (1, s.server_id))
    ) THEN
        SET fault = CONCAT('Client class with id ', class_id, ' is for servers that lack the class on which it depends.');
    END IF;
    IF fault IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
    END IF;
END $$

-- Puts a class behind another one, or at the end. A class that is changed without being
-- moved keeps its place; its indirect dependency on KNOWN is found anew by those who
-- write its dependencies, so it is reset here and remembered in the session.
CREATE PROCEDURE setClientClass6Order(
    IN id BIGINT UNSIGNED, IN follow_class_name VARCHAR(128), IN old_follow_class_name VARCHAR(128))
place: BEGIN
    DECLARE behind BIGINT UNSIGNED;
    DECLARE fault VARCHAR(256);
    SET @depend_on_known_indirectly = (
        SELECT o.depend_on_known_indirectly FROM dhcp6_client_class_order AS o WHERE o.class_id = id);
    IF @depend_on_known_indirectly IS NOT NULL AND follow_class_name <=> old_follow_class_name THEN
        UPDATE dhcp6_client_class_order SET depend_on_known_indirectly = 0 WHERE class_id = id;
        LEAVE place;
    END IF;

    IF follow_class_name IS NULL THEN
        SET behind = (SELECT COALESCE(MAX(order_index), 0) FROM dhcp6_client_class_order);
    ELSE
        SET behind = (
            SELECT o.order_index FROM dhcp6_client_class AS c
            JOIN dhcp6_client_class_order AS o ON o.class_id = c.id
            WHERE c.name = follow_class_name);
        IF behind IS NULL THEN
            SET fault = CONCAT('There is no client class ', follow_class_name, ' to put another one behind.');
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
        END IF;
        IF EXISTS (SELECT 1 FROM dhcp6_client_class_order WHERE order_index = behind + 1) THEN
            UPDATE dhcp6_client_class_order SET order_index = order_index + 1
                WHERE order_index > behind ORDER BY order_index DESC;
        END IF;
    END IF;

    IF EXISTS (
        SELECT 1 FROM dhcp6_client_class_dependency AS d
        JOIN dhcp6_client_class_order AS o ON o.class_id = d.class_id
        WHERE d.dependency_id = id AND o.order_index <= behind
    ) THEN
        SET fault = CONCAT('Client class with id ', id, ' cannot be moved behind classes that depend on it.');
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = fault;
    END IF;
    INSERT INTO dhcp6_client_class_order (class_id, order_index, depend_on_known_indirectly)
        VALUES (id, behind + 1, 0)
        ON DUPLICATE KEY UPDATE order_index = behind + 1, depend_on_known_indirectly = 0;
END $$

DELIMITER ;
