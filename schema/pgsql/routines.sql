-- Functions: counters of leases, limits, the texts of lease files, the audit of
-- configuration changes, the order of classes. Their names, arguments and what they do
-- are Kea's, since its daemons and hooks call them.

-- ---------------------------------------------------------------- auxiliary

-- Values of the session: settings whose names begin with "kea.".
CREATE FUNCTION set_session_value(name TEXT, value TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(name, value, false);
END $$;

CREATE FUNCTION set_session_value(name TEXT, value BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(name, value::TEXT, false);
END $$;

CREATE FUNCTION set_session_value(name TEXT, value BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(name, value::TEXT, false);
END $$;

-- NULL when it was never set.
CREATE FUNCTION get_session_value(name TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
    RETURN current_setting(name, true);
END $$;

CREATE FUNCTION get_session_big_int(name TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
    RETURN COALESCE(NULLIF(get_session_value(name), ''), '0')::BIGINT;
END $$;

CREATE FUNCTION get_session_boolean(name TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    RETURN COALESCE(NULLIF(get_session_value(name), ''), 'false')::BOOLEAN;
END $$;

-- Seconds since 1970 of the local time that a moment has in the session's zone.
CREATE FUNCTION gmt_epoch(input_ts TIMESTAMP WITH TIME ZONE) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
    RETURN (extract(epoch FROM input_ts) + extract(timezone FROM input_ts))::BIGINT;
END $$;

-- Every server that is in use has JSON; the triggers of Kea ask.
CREATE FUNCTION isJsonSupported() RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    IF NULLIF(get_session_value('kea.json_supported'), '') IS NULL THEN
        PERFORM set_session_value('kea.json_supported', to_regtype('json') IS NOT NULL);
    END IF;
    RETURN get_session_boolean('kea.json_supported');
END $$;

-- The JSON of a user context; an empty text is an empty map.
CREATE FUNCTION json_cast(json_candidate TEXT) RETURNS JSON LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE json_candidate WHEN '' THEN '{}' ELSE json_candidate END::JSON;
END $$;

-- A class name as the list that holds it; no name is no list.
CREATE FUNCTION textToJSONList(class_name TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
    IF COALESCE(class_name, '') = '' THEN
        RETURN NULL;
    END IF;
    RETURN json_build_array(class_name)::TEXT;
END $$;

-- 0A1B2C as 0a:1b:2c; an odd number of digits gets a zero in front.
CREATE FUNCTION colonSeparatedHex(hex TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
    RETURN rtrim(regexp_replace(lower(repeat('0', length(hex) % 2) || hex), '(..)', '\1:', 'g'), ':');
END $$;

-- For the triggers *_modification_ts_update. They come after the update, so nothing
-- comes of it: Kea has them, and writers set modification_ts themselves.
CREATE FUNCTION modification_ts_update() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.modification_ts = CURRENT_TIMESTAMP;
    RETURN NULL;
END $$;

-- ---------------------------------------------------------------- counters
--
-- The triggers of the lease tables keep, for each subnet and for each pool, how many
-- leases are in a state that counts, and for each client class how many are assigned.
-- A row comes with the first lease and stays.

CREATE FUNCTION lease4_AINS_lease4_stat(new_state BIGINT, new_subnet_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF new_state IN (0, 1) THEN
        UPDATE lease4_stat SET leases = leases + 1
            WHERE subnet_id = new_subnet_id AND state = new_state;
        IF NOT FOUND THEN
            INSERT INTO lease4_stat AS s (subnet_id, state, leases)
                VALUES (new_subnet_id, new_state, 1)
                ON CONFLICT (subnet_id, state) DO UPDATE SET leases = s.leases + 1;
        END IF;
    END IF;
END $$;

CREATE FUNCTION lease4_ADEL_lease4_stat(old_state BIGINT, old_subnet_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease4_stat SET leases = GREATEST(leases - 1, 0)
            WHERE subnet_id = old_subnet_id AND state = old_state;
    END IF;
END $$;

CREATE FUNCTION lease4_AUPD_lease4_stat(
    old_state BIGINT, old_subnet_id BIGINT,
    new_state BIGINT, new_subnet_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_state <> new_state THEN
        PERFORM lease4_ADEL_lease4_stat(old_state, old_subnet_id);
        PERFORM lease4_AINS_lease4_stat(new_state, new_subnet_id);
    END IF;
END $$;

CREATE FUNCTION lease4_AINS_lease4_pool_stat(new_state BIGINT, new_subnet_id BIGINT, new_pool_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF new_state IN (0, 1) THEN
        UPDATE lease4_pool_stat SET leases = leases + 1
            WHERE subnet_id = new_subnet_id AND pool_id = new_pool_id AND state = new_state;
        IF NOT FOUND THEN
            INSERT INTO lease4_pool_stat AS s (subnet_id, pool_id, state, leases)
                VALUES (new_subnet_id, new_pool_id, new_state, 1)
                ON CONFLICT (subnet_id, pool_id, state) DO UPDATE SET leases = s.leases + 1;
        END IF;
    END IF;
END $$;

CREATE FUNCTION lease4_ADEL_lease4_pool_stat(old_state BIGINT, old_subnet_id BIGINT, old_pool_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease4_pool_stat SET leases = GREATEST(leases - 1, 0)
            WHERE subnet_id = old_subnet_id AND pool_id = old_pool_id AND state = old_state;
    END IF;
END $$;

CREATE FUNCTION lease4_AUPD_lease4_pool_stat(
    old_state BIGINT, old_subnet_id BIGINT, old_pool_id BIGINT,
    new_state BIGINT, new_subnet_id BIGINT, new_pool_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_pool_id <> new_pool_id OR old_state <> new_state THEN
        PERFORM lease4_ADEL_lease4_pool_stat(old_state, old_subnet_id, old_pool_id);
        PERFORM lease4_AINS_lease4_pool_stat(new_state, new_subnet_id, new_pool_id);
    END IF;
END $$;

CREATE FUNCTION lease6_AINS_lease6_stat(new_state BIGINT, new_subnet_id BIGINT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF new_state IN (0, 1, 4) THEN
        UPDATE lease6_stat SET leases = leases + 1
            WHERE subnet_id = new_subnet_id AND lease_type = new_lease_type AND state = new_state;
        IF NOT FOUND THEN
            INSERT INTO lease6_stat AS s (subnet_id, lease_type, state, leases)
                VALUES (new_subnet_id, new_lease_type, new_state, 1)
                ON CONFLICT (subnet_id, lease_type, state) DO UPDATE SET leases = s.leases + 1;
        END IF;
    END IF;
END $$;

CREATE FUNCTION lease6_ADEL_lease6_stat(old_state BIGINT, old_subnet_id BIGINT, old_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state IN (0, 1, 4) THEN
        UPDATE lease6_stat SET leases = GREATEST(leases - 1, 0)
            WHERE subnet_id = old_subnet_id AND lease_type = old_lease_type AND state = old_state;
    END IF;
END $$;

CREATE FUNCTION lease6_AUPD_lease6_stat(
    old_state BIGINT, old_subnet_id BIGINT, old_lease_type SMALLINT,
    new_state BIGINT, new_subnet_id BIGINT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_lease_type <> new_lease_type OR old_state <> new_state THEN
        PERFORM lease6_ADEL_lease6_stat(old_state, old_subnet_id, old_lease_type);
        PERFORM lease6_AINS_lease6_stat(new_state, new_subnet_id, new_lease_type);
    END IF;
END $$;

CREATE FUNCTION lease6_AINS_lease6_pool_stat(new_state BIGINT, new_subnet_id BIGINT, new_pool_id BIGINT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF new_state IN (0, 1) THEN
        UPDATE lease6_pool_stat SET leases = leases + 1
            WHERE subnet_id = new_subnet_id AND pool_id = new_pool_id AND lease_type = new_lease_type AND state = new_state;
        IF NOT FOUND THEN
            INSERT INTO lease6_pool_stat AS s (subnet_id, pool_id, lease_type, state, leases)
                VALUES (new_subnet_id, new_pool_id, new_lease_type, new_state, 1)
                ON CONFLICT (subnet_id, pool_id, lease_type, state) DO UPDATE SET leases = s.leases + 1;
        END IF;
    END IF;
END $$;

CREATE FUNCTION lease6_ADEL_lease6_pool_stat(old_state BIGINT, old_subnet_id BIGINT, old_pool_id BIGINT, old_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state IN (0, 1) THEN
        UPDATE lease6_pool_stat SET leases = GREATEST(leases - 1, 0)
            WHERE subnet_id = old_subnet_id AND pool_id = old_pool_id AND lease_type = old_lease_type AND state = old_state;
    END IF;
END $$;

CREATE FUNCTION lease6_AUPD_lease6_pool_stat(
    old_state BIGINT, old_subnet_id BIGINT, old_pool_id BIGINT, old_lease_type SMALLINT,
    new_state BIGINT, new_subnet_id BIGINT, new_pool_id BIGINT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_subnet_id <> new_subnet_id OR old_pool_id <> new_pool_id OR old_lease_type <> new_lease_type OR old_state <> new_state THEN
        PERFORM lease6_ADEL_lease6_pool_stat(old_state, old_subnet_id, old_pool_id, old_lease_type);
        PERFORM lease6_AINS_lease6_pool_stat(new_state, new_subnet_id, new_pool_id, new_lease_type);
    END IF;
END $$;

-- The classes of a lease are a list in its user context, put there by the limits hook.
CREATE FUNCTION lease4_AINS_lease4_stat_by_client_class(
    new_state BIGINT, new_user_context TEXT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    class TEXT;
BEGIN
    IF new_state = 0 THEN
        FOR class IN SELECT json_array_elements_text(json_cast(new_user_context) #> '{ISC,client-classes}') LOOP
            INSERT INTO lease4_stat_by_client_class AS s (client_class, leases)
                VALUES (class, 1)
                ON CONFLICT (client_class) DO UPDATE SET leases = s.leases + 1;
        END LOOP;
    END IF;
END $$;

CREATE FUNCTION lease4_ADEL_lease4_stat_by_client_class(
    old_state BIGINT, old_user_context TEXT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    class TEXT;
BEGIN
    IF old_state = 0 THEN
        FOR class IN SELECT json_array_elements_text(json_cast(old_user_context) #> '{ISC,client-classes}') LOOP
            UPDATE lease4_stat_by_client_class SET leases = GREATEST(leases - 1, 0)
                WHERE client_class = class;
        END LOOP;
    END IF;
END $$;

CREATE FUNCTION lease4_AUPD_lease4_stat_by_client_class(
    old_state BIGINT, old_user_context TEXT,
    new_state BIGINT, new_user_context TEXT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state <> new_state OR old_user_context IS DISTINCT FROM new_user_context THEN
        PERFORM lease4_ADEL_lease4_stat_by_client_class(old_state, old_user_context);
        PERFORM lease4_AINS_lease4_stat_by_client_class(new_state, new_user_context);
    END IF;
END $$;

-- The classes of a lease are a list in its user context, put there by the limits hook.
CREATE FUNCTION lease6_AINS_lease6_stat_by_client_class(
    new_state BIGINT, new_user_context TEXT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    class TEXT;
BEGIN
    IF new_state = 0 THEN
        FOR class IN SELECT json_array_elements_text(json_cast(new_user_context) #> '{ISC,client-classes}') LOOP
            INSERT INTO lease6_stat_by_client_class AS s (client_class, lease_type, leases)
                VALUES (class, new_lease_type, 1)
                ON CONFLICT (client_class, lease_type) DO UPDATE SET leases = s.leases + 1;
        END LOOP;
    END IF;
END $$;

CREATE FUNCTION lease6_ADEL_lease6_stat_by_client_class(
    old_state BIGINT, old_user_context TEXT, old_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    class TEXT;
BEGIN
    IF old_state = 0 THEN
        FOR class IN SELECT json_array_elements_text(json_cast(old_user_context) #> '{ISC,client-classes}') LOOP
            UPDATE lease6_stat_by_client_class SET leases = GREATEST(leases - 1, 0)
                WHERE client_class = class AND lease_type = old_lease_type;
        END LOOP;
    END IF;
END $$;

CREATE FUNCTION lease6_AUPD_lease6_stat_by_client_class(
    old_state BIGINT, old_user_context TEXT, old_lease_type SMALLINT,
    new_state BIGINT, new_user_context TEXT, new_lease_type SMALLINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF old_state <> new_state OR old_user_context IS DISTINCT FROM new_user_context OR old_lease_type <> new_lease_type THEN
        PERFORM lease6_ADEL_lease6_stat_by_client_class(old_state, old_user_context, old_lease_type);
        PERFORM lease6_AINS_lease6_stat_by_client_class(new_state, new_user_context, new_lease_type);
    END IF;
END $$;

-- ---------------------------------------------------------------- limits
--
-- The limits hook asks whether a lease may be given: the context holds the limits of
-- the client's classes and of its subnet. The answer is the first that is reached, in
-- words; nothing when none is.

CREATE FUNCTION checkLease4Limits(user_context TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    limits JSON := json_cast(user_context) #> '{ISC,limits}';
    subnet BIGINT := (limits #>> '{subnet,id}')::BIGINT;
    class JSON;
    most BIGINT;
    used BIGINT;
BEGIN
    FOR class IN SELECT json_array_elements(limits -> 'client-classes') LOOP
        most := (class ->> 'address-limit')::BIGINT;
        used := COALESCE((SELECT leases FROM lease4_stat_by_client_class WHERE client_class = class ->> 'name'), 0);
        IF most <= used THEN
            RETURN CONCAT('address limit ', most, ' for client class "', class ->> 'name', '", current lease count ', used);
        END IF;
    END LOOP;

    most := (limits #>> '{subnet,address-limit}')::BIGINT;
    used := COALESCE((SELECT leases FROM lease4_stat WHERE subnet_id = subnet AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('address limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    RETURN '';
END $$;

CREATE FUNCTION checkLease6Limits(user_context TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    limits JSON := json_cast(user_context) #> '{ISC,limits}';
    subnet BIGINT := (limits #>> '{subnet,id}')::BIGINT;
    class JSON;
    most BIGINT;
    used BIGINT;
BEGIN
    FOR class IN SELECT json_array_elements(limits -> 'client-classes') LOOP
        most := (class ->> 'address-limit')::BIGINT;
        used := COALESCE((SELECT leases FROM lease6_stat_by_client_class WHERE client_class = class ->> 'name' AND lease_type = 0), 0);
        IF most <= used THEN
            RETURN CONCAT('address limit ', most, ' for client class "', class ->> 'name', '", current lease count ', used);
        END IF;
        most := (class ->> 'prefix-limit')::BIGINT;
        used := COALESCE((SELECT leases FROM lease6_stat_by_client_class WHERE client_class = class ->> 'name' AND lease_type = 2), 0);
        IF most <= used THEN
            RETURN CONCAT('prefix limit ', most, ' for client class "', class ->> 'name', '", current lease count ', used);
        END IF;
    END LOOP;

    most := (limits #>> '{subnet,address-limit}')::BIGINT;
    used := COALESCE((SELECT leases FROM lease6_stat WHERE subnet_id = subnet AND lease_type = 0 AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('address limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    most := (limits #>> '{subnet,prefix-limit}')::BIGINT;
    used := COALESCE((SELECT leases FROM lease6_stat WHERE subnet_id = subnet AND lease_type = 2 AND state = 0), 0);
    IF most <= used THEN
        RETURN CONCAT('prefix limit ', most, ' for subnet ID ', subnet, ', current lease count ', used);
    END IF;
    RETURN '';
END $$;

-- ---------------------------------------------------------------- lease files
--
-- Rows of Kea's lease files (CSV): a comma within a value is written &#x2c. IAIDs above
-- 2147483647 are stored as negative numbers.

CREATE FUNCTION lease4DumpHeader() RETURNS TEXT LANGUAGE sql AS $$
    SELECT 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id'::TEXT;
$$;

CREATE FUNCTION lease4DumpData() RETURNS TABLE (
    address INET,
    hwaddr VARCHAR,
    client_id VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    state BIGINT,
    user_context VARCHAR,
    pool_id BIGINT
) LANGUAGE sql AS $$
    SELECT
        '0.0.0.0'::INET + l.address,
        colonSeparatedHex(encode(l.hwaddr, 'hex')),
        colonSeparatedHex(encode(l.client_id, 'hex')),
        l.valid_lifetime,
        extract(epoch FROM l.expire)::BIGINT,
        l.subnet_id,
        l.fqdn_fwd::INT,
        l.fqdn_rev::INT,
        replace(l.hostname, ',', '&#x2c'),
        l.state,
        replace(l.user_context, ',', '&#x2c'),
        l.pool_id
    FROM lease4 AS l
    ORDER BY l.address;
$$;

CREATE FUNCTION lease4Upload(
    address VARCHAR,
    hwaddr VARCHAR,
    client_id VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    state BIGINT,
    user_context VARCHAR,
    pool_id BIGINT)
RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO lease4 (
        address, hwaddr, client_id, valid_lifetime, expire, subnet_id, fqdn_fwd, fqdn_rev, hostname, state, user_context, pool_id
    ) VALUES (
        $1::INET - '0.0.0.0'::INET,
        decode(replace($2, ':', ''), 'hex'),
        decode(replace($3, ':', ''), 'hex'),
        $4,
        to_timestamp($5),
        $6,
        $7::BOOLEAN,
        $8::BOOLEAN,
        replace($9, '&#x2c', ','),
        $10,
        replace($11, '&#x2c', ','),
        $12
    );
$$;

-- That of files from before pools had ids.
CREATE FUNCTION lease4Upload(
    address VARCHAR,
    hwaddr VARCHAR,
    client_id VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    state BIGINT,
    user_context VARCHAR)
RETURNS VOID LANGUAGE sql AS $$
    SELECT lease4Upload($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0);
$$;

CREATE FUNCTION lease6DumpHeader() RETURNS TEXT LANGUAGE sql AS $$
    SELECT 'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id'::TEXT;
$$;

CREATE FUNCTION lease6DumpData() RETURNS TABLE (
    address VARCHAR,
    duid VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    pref_lifetime BIGINT,
    lease_type SMALLINT,
    iaid INT,
    prefix_len SMALLINT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    hwaddr VARCHAR,
    state BIGINT,
    user_context VARCHAR,
    hwtype SMALLINT,
    hwaddr_source SMALLINT,
    pool_id BIGINT
) LANGUAGE sql AS $$
    SELECT
        host(l.address),
        colonSeparatedHex(encode(l.duid, 'hex')),
        l.valid_lifetime,
        extract(epoch FROM l.expire)::BIGINT,
        l.subnet_id,
        l.pref_lifetime,
        l.lease_type,
        l.iaid,
        l.prefix_len,
        l.fqdn_fwd::INT,
        l.fqdn_rev::INT,
        replace(l.hostname, ',', '&#x2c'),
        colonSeparatedHex(encode(l.hwaddr, 'hex')),
        l.state,
        replace(l.user_context, ',', '&#x2c'),
        l.hwtype,
        l.hwaddr_source,
        l.pool_id
    FROM lease6 AS l
    ORDER BY l.address;
$$;

CREATE FUNCTION lease6Upload(
    address VARCHAR,
    duid VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    pref_lifetime BIGINT,
    lease_type INT,
    iaid INT,
    prefix_len INT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    hwaddr VARCHAR,
    state BIGINT,
    user_context VARCHAR,
    hwtype INT,
    hwaddr_source INT,
    pool_id BIGINT)
RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO lease6 (
        address, duid, valid_lifetime, expire, subnet_id, pref_lifetime, lease_type, iaid, prefix_len, fqdn_fwd, fqdn_rev, hostname, hwaddr, state, user_context, hwtype, hwaddr_source, pool_id
    ) VALUES (
        $1::INET,
        decode(replace($2, ':', ''), 'hex'),
        $3,
        to_timestamp($4),
        $5,
        $6,
        $7,
        $8,
        $9,
        $10::BOOLEAN,
        $11::BOOLEAN,
        replace($12, '&#x2c', ','),
        decode(replace($13, ':', ''), 'hex'),
        $14,
        replace($15, '&#x2c', ','),
        $16,
        $17,
        $18
    );
$$;

-- That of files from before pools had ids.
CREATE FUNCTION lease6Upload(
    address VARCHAR,
    duid VARCHAR,
    valid_lifetime BIGINT,
    expire BIGINT,
    subnet_id BIGINT,
    pref_lifetime BIGINT,
    lease_type INT,
    iaid INT,
    prefix_len INT,
    fqdn_fwd INT,
    fqdn_rev INT,
    hostname VARCHAR,
    hwaddr VARCHAR,
    state BIGINT,
    user_context VARCHAR,
    hwtype INT,
    hwaddr_source INT)
RETURNS VOID LANGUAGE sql AS $$
    SELECT lease6Upload($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0);
$$;

-- ---------------------------------------------------------------- audit
--
-- Every change of the configuration belongs to a revision, of which the writer says
-- the time, the server and the reason; the triggers add what was changed. The revision
-- is kept in the session. While a change takes its children along (cascade), only the
-- parent is recorded, since servers read that whole.

CREATE FUNCTION createAuditRevisionDHCP4(
    audit_ts TIMESTAMP WITH TIME ZONE, server_tag VARCHAR, audit_log_message TEXT, cascade_transaction BOOLEAN)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    revision BIGINT;
BEGIN
    IF NOT get_session_boolean('kea.disable_audit') THEN
        INSERT INTO dhcp4_audit_revision (modification_ts, server_id, log_message)
            VALUES (audit_ts, (SELECT id FROM dhcp4_server WHERE tag = server_tag), audit_log_message)
            RETURNING id INTO revision;
        PERFORM set_session_value('kea.audit_revision_id', revision);
        PERFORM set_session_value('kea.cascade_transaction', cascade_transaction);
    END IF;
END $$;

CREATE FUNCTION createAuditEntryDHCP4(
    object_type_val VARCHAR, object_id_val BIGINT, modification_type_val VARCHAR)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF NOT get_session_boolean('kea.disable_audit') THEN
        INSERT INTO dhcp4_audit (object_type, object_id, modification_type, revision_id)
            SELECT object_type_val, object_id_val, m.id, get_session_big_int('kea.audit_revision_id')
            FROM modification AS m WHERE m.modification_type = modification_type_val;
    END IF;
END $$;

-- A global option is recorded itself; that of a subnet, a network or a pool by way of
-- the subnet or network, whose time of change moves. Options of hosts and classes are
-- not recorded.
CREATE FUNCTION createOptionAuditDHCP4(
    modification_type VARCHAR, scope_id SMALLINT, option_id INT, p_subnet_id BIGINT, host_id INT,
    network_name VARCHAR, pool_id BIGINT, p_modification_ts TIMESTAMP WITH TIME ZONE)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF get_session_boolean('kea.cascade_transaction') THEN
        RETURN;
    END IF;
    IF scope_id = 0 THEN
        PERFORM createAuditEntryDHCP4('dhcp4_options', option_id, modification_type);
    ELSIF scope_id = 1 THEN
        UPDATE dhcp4_subnet SET modification_ts = p_modification_ts WHERE subnet_id = p_subnet_id;
    ELSIF scope_id = 4 THEN
        UPDATE dhcp4_shared_network SET modification_ts = p_modification_ts WHERE name = network_name;
    ELSIF scope_id = 5 THEN
        UPDATE dhcp4_subnet AS s SET modification_ts = p_modification_ts
            FROM dhcp4_pool AS p WHERE p.id = pool_id AND s.subnet_id = p.subnet_id;
    END IF;
END $$;

CREATE FUNCTION createAuditRevisionDHCP6(
    audit_ts TIMESTAMP WITH TIME ZONE, server_tag VARCHAR, audit_log_message TEXT, cascade_transaction BOOLEAN)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    revision BIGINT;
BEGIN
    IF NOT get_session_boolean('kea.disable_audit') THEN
        INSERT INTO dhcp6_audit_revision (modification_ts, server_id, log_message)
            VALUES (audit_ts, (SELECT id FROM dhcp6_server WHERE tag = server_tag), audit_log_message)
            RETURNING id INTO revision;
        PERFORM set_session_value('kea.audit_revision_id', revision);
        PERFORM set_session_value('kea.cascade_transaction', cascade_transaction);
    END IF;
END $$;

CREATE FUNCTION createAuditEntryDHCP6(
    object_type_val VARCHAR, object_id_val BIGINT, modification_type_val VARCHAR)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF NOT get_session_boolean('kea.disable_audit') THEN
        INSERT INTO dhcp6_audit (object_type, object_id, modification_type, revision_id)
            SELECT object_type_val, object_id_val, m.id, get_session_big_int('kea.audit_revision_id')
            FROM modification AS m WHERE m.modification_type = modification_type_val;
    END IF;
END $$;

-- A global option is recorded itself; that of a subnet, a network or a pool by way of
-- the subnet or network, whose time of change moves. Options of hosts and classes are
-- not recorded.
CREATE FUNCTION createOptionAuditDHCP6(
    modification_type VARCHAR, scope_id SMALLINT, option_id INT, p_subnet_id BIGINT, host_id INT,
    network_name VARCHAR, pool_id BIGINT, pd_pool_id BIGINT, p_modification_ts TIMESTAMP WITH TIME ZONE)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    IF get_session_boolean('kea.cascade_transaction') THEN
        RETURN;
    END IF;
    IF scope_id = 0 THEN
        PERFORM createAuditEntryDHCP6('dhcp6_options', option_id, modification_type);
    ELSIF scope_id = 1 THEN
        UPDATE dhcp6_subnet SET modification_ts = p_modification_ts WHERE subnet_id = p_subnet_id;
    ELSIF scope_id = 4 THEN
        UPDATE dhcp6_shared_network SET modification_ts = p_modification_ts WHERE name = network_name;
    ELSIF scope_id = 5 THEN
        UPDATE dhcp6_subnet AS s SET modification_ts = p_modification_ts
            FROM dhcp6_pool AS p WHERE p.id = pool_id AND s.subnet_id = p.subnet_id;
    ELSIF scope_id = 6 THEN
        UPDATE dhcp6_subnet AS s SET modification_ts = p_modification_ts
            FROM dhcp6_pd_pool AS p WHERE p.id = pd_pool_id AND s.subnet_id = p.subnet_id;
    END IF;
END $$;

-- ---------------------------------------------------------------- classes
--
-- Classes are evaluated in the order of order_index; one may depend on classes before it
-- only, and those must belong to the same servers.

-- A class may depend on KNOWN and UNKNOWN by way of another one: the mark of that is
-- set when the dependency is recorded.
CREATE FUNCTION updateDHCPv4ClientClassKnownDependency(client_class_id BIGINT, dependency_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dhcp4_client_class_order AS mine SET depend_on_known_indirectly = true
        FROM dhcp4_client_class AS c JOIN dhcp4_client_class_order AS o ON o.class_id = c.id
        WHERE mine.class_id = client_class_id AND c.id = dependency_id
            AND (c.depend_on_known_directly OR o.depend_on_known_indirectly);
END $$;

-- A class on which others depend must not begin or cease to depend on KNOWN: when it is
-- evaluated would change for all of them. The session knows what it was.
CREATE FUNCTION checkDHCPv4ClientClassKnownDependencyChange() RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    changed BIGINT := get_session_big_int('kea.client_class_id');
    before_update BOOLEAN := get_session_boolean('kea.depend_on_known_directly')
        OR get_session_boolean('kea.depend_on_known_indirectly');
    after_update BOOLEAN;
BEGIN
    IF EXISTS (SELECT 1 FROM dhcp4_client_class_dependency WHERE dependency_id = changed) THEN
        SELECT c.depend_on_known_directly OR COALESCE(o.depend_on_known_indirectly, false) INTO after_update
            FROM dhcp4_client_class AS c LEFT JOIN dhcp4_client_class_order AS o ON o.class_id = c.id
            WHERE c.id = changed;
        IF before_update <> after_update THEN
            RAISE EXCEPTION 'Other classes depend on this one: whether it depends on KNOWN or UNKNOWN must not change.'
                USING ERRCODE = 'sql_routine_exception';
        END IF;
    END IF;
END $$;

CREATE FUNCTION checkDHCPv4ClientClassDependency(p_class_id BIGINT, p_dependency_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    mine BIGINT := (SELECT order_index FROM dhcp4_client_class_order WHERE class_id = p_class_id);
    other BIGINT := (SELECT order_index FROM dhcp4_client_class_order WHERE class_id = p_dependency_id);
    fault TEXT;
BEGIN
    IF p_class_id IS NULL OR p_dependency_id IS NULL THEN
        fault := 'A dependency of client classes lacks a class id.';
    ELSIF p_class_id = p_dependency_id THEN
        fault := 'A client class must not depend on itself.';
    ELSIF mine IS NULL THEN
        fault := format('There is no client class with id %s.', p_class_id);
    ELSIF other IS NULL THEN
        fault := format('There is no client class with id %s, on which another is to depend.', p_dependency_id);
    ELSIF other > mine THEN
        fault := format('Client class with id %s must not depend on the later one with id %s.', p_class_id, p_dependency_id);
    ELSIF EXISTS (
        SELECT 1 FROM dhcp4_client_class_server AS s
        WHERE s.class_id = p_class_id AND NOT EXISTS (
            SELECT 1 FROM dhcp4_client_class_server AS d
            WHERE d.class_id = p_dependency_id AND d.server_id IN (1, s.server_id))
    ) THEN
        fault := format('Client class with id %s is for servers that lack the class on which it depends.', p_class_id);
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'sql_routine_exception';
    END IF;
END $$;

-- Puts a class behind another one, or at the end. A class that is changed without being
-- moved keeps its place; its indirect dependency on KNOWN is found anew by those who
-- write its dependencies, so it is reset here and remembered in the session.
CREATE FUNCTION setClientClass4Order(id BIGINT, new_follow_class_name VARCHAR, old_follow_class_name VARCHAR)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    known BOOLEAN := (SELECT o.depend_on_known_indirectly FROM dhcp4_client_class_order AS o WHERE o.class_id = id);
    behind BIGINT;
BEGIN
    PERFORM set_session_value('kea.depend_on_known_indirectly', known);
    IF known IS NOT NULL AND new_follow_class_name IS NOT DISTINCT FROM old_follow_class_name THEN
        UPDATE dhcp4_client_class_order SET depend_on_known_indirectly = false WHERE class_id = id;
        RETURN;
    END IF;

    IF new_follow_class_name IS NULL THEN
        behind := (SELECT COALESCE(MAX(order_index), 0) FROM dhcp4_client_class_order);
    ELSE
        SELECT o.order_index INTO behind
            FROM dhcp4_client_class AS c JOIN dhcp4_client_class_order AS o ON o.class_id = c.id
            WHERE c.name = new_follow_class_name;
        IF behind IS NULL THEN
            RAISE EXCEPTION 'There is no client class % to put another one behind.', new_follow_class_name
                USING ERRCODE = 'sql_routine_exception';
        END IF;
        IF EXISTS (SELECT 1 FROM dhcp4_client_class_order WHERE order_index = behind + 1) THEN
            UPDATE dhcp4_client_class_order SET order_index = order_index + 1 WHERE order_index > behind;
        END IF;
    END IF;

    IF EXISTS (
        SELECT 1 FROM dhcp4_client_class_dependency AS d
        JOIN dhcp4_client_class_order AS o ON o.class_id = d.class_id
        WHERE d.dependency_id = id AND o.order_index <= behind
    ) THEN
        RAISE EXCEPTION 'Client class with id % cannot be moved behind classes that depend on it.', id
            USING ERRCODE = 'sql_routine_exception';
    END IF;
    INSERT INTO dhcp4_client_class_order (class_id, order_index, depend_on_known_indirectly)
        VALUES (id, behind + 1, false)
        ON CONFLICT (class_id) DO UPDATE SET order_index = behind + 1, depend_on_known_indirectly = false;
END $$;

-- A class may depend on KNOWN and UNKNOWN by way of another one: the mark of that is
-- set when the dependency is recorded.
CREATE FUNCTION updateDHCPv6ClientClassKnownDependency(client_class_id BIGINT, dependency_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dhcp6_client_class_order AS mine SET depend_on_known_indirectly = true
        FROM dhcp6_client_class AS c JOIN dhcp6_client_class_order AS o ON o.class_id = c.id
        WHERE mine.class_id = client_class_id AND c.id = dependency_id
            AND (c.depend_on_known_directly OR o.depend_on_known_indirectly);
END $$;

-- A class on which others depend must not begin or cease to depend on KNOWN: when it is
-- evaluated would change for all of them. The session knows what it was.
CREATE FUNCTION checkDHCPv6ClientClassKnownDependencyChange() RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    changed BIGINT := get_session_big_int('kea.client_class_id');
    before_update BOOLEAN := get_session_boolean('kea.depend_on_known_directly')
        OR get_session_boolean('kea.depend_on_known_indirectly');
    after_update BOOLEAN;
BEGIN
    IF EXISTS (SELECT 1 FROM dhcp6_client_class_dependency WHERE dependency_id = changed) THEN
        SELECT c.depend_on_known_directly OR COALESCE(o.depend_on_known_indirectly, false) INTO after_update
            FROM dhcp6_client_class AS c LEFT JOIN dhcp6_client_class_order AS o ON o.class_id = c.id
            WHERE c.id = changed;
        IF before_update <> after_update THEN
            RAISE EXCEPTION 'Other classes depend on this one: whether it depends on KNOWN or UNKNOWN must not change.'
                USING ERRCODE = 'sql_routine_exception';
        END IF;
    END IF;
END $$;

CREATE FUNCTION checkDHCPv6ClientClassDependency(p_class_id BIGINT, p_dependency_id BIGINT)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    mine BIGINT := (SELECT order_index FROM dhcp6_client_class_order WHERE class_id = p_class_id);
    other BIGINT := (SELECT order_index FROM dhcp6_client_class_order WHERE class_id = p_dependency_id);
    fault TEXT;
BEGIN
    IF p_class_id IS NULL OR p_dependency_id IS NULL THEN
        fault := 'A dependency of client classes lacks a class id.';
    ELSIF p_class_id = p_dependency_id THEN
        fault := 'A client class must not depend on itself.';
    ELSIF mine IS NULL THEN
        fault := format('There is no client class with id %s.', p_class_id);
    ELSIF other IS NULL THEN
        fault := format('There is no client class with id %s, on which another is to depend.', p_dependency_id);
    ELSIF other > mine THEN
        fault := format('Client class with id %s must not depend on the later one with id %s.', p_class_id, p_dependency_id);
    ELSIF EXISTS (
        SELECT 1 FROM dhcp6_client_class_server AS s
        WHERE s.class_id = p_class_id AND NOT EXISTS (
            SELECT 1 FROM dhcp6_client_class_server AS d
            WHERE d.class_id = p_dependency_id AND d.server_id IN (1, s.server_id))
    ) THEN
        fault := format('Client class with id %s is for servers that lack the class on which it depends.', p_class_id);
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'sql_routine_exception';
    END IF;
END $$;

-- Puts a class behind another one, or at the end. A class that is changed without being
-- moved keeps its place; its indirect dependency on KNOWN is found anew by those who
-- write its dependencies, so it is reset here and remembered in the session.
CREATE FUNCTION setClientClass6Order(id BIGINT, new_follow_class_name VARCHAR, old_follow_class_name VARCHAR)
RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    known BOOLEAN := (SELECT o.depend_on_known_indirectly FROM dhcp6_client_class_order AS o WHERE o.class_id = id);
    behind BIGINT;
BEGIN
    PERFORM set_session_value('kea.depend_on_known_indirectly', known);
    IF known IS NOT NULL AND new_follow_class_name IS NOT DISTINCT FROM old_follow_class_name THEN
        UPDATE dhcp6_client_class_order SET depend_on_known_indirectly = false WHERE class_id = id;
        RETURN;
    END IF;

    IF new_follow_class_name IS NULL THEN
        behind := (SELECT COALESCE(MAX(order_index), 0) FROM dhcp6_client_class_order);
    ELSE
        SELECT o.order_index INTO behind
            FROM dhcp6_client_class AS c JOIN dhcp6_client_class_order AS o ON o.class_id = c.id
            WHERE c.name = new_follow_class_name;
        IF behind IS NULL THEN
            RAISE EXCEPTION 'There is no client class % to put another one behind.', new_follow_class_name
                USING ERRCODE = 'sql_routine_exception';
        END IF;
        IF EXISTS (SELECT 1 FROM dhcp6_client_class_order WHERE order_index = behind + 1) THEN
            UPDATE dhcp6_client_class_order SET order_index = order_index + 1 WHERE order_index > behind;
        END IF;
    END IF;

    IF EXISTS (
        SELECT 1 FROM dhcp6_client_class_dependency AS d
        JOIN dhcp6_client_class_order AS o ON o.class_id = d.class_id
        WHERE d.dependency_id = id AND o.order_index <= behind
    ) THEN
        RAISE EXCEPTION 'Client class with id % cannot be moved behind classes that depend on it.', id
            USING ERRCODE = 'sql_routine_exception';
    END IF;
    INSERT INTO dhcp6_client_class_order (class_id, order_index, depend_on_known_indirectly)
        VALUES (id, behind + 1, false)
        ON CONFLICT (class_id) DO UPDATE SET order_index = behind + 1, depend_on_known_indirectly = false;
END $$;
