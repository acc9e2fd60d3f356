-- What people may read of the engine, as the role that the control plane's migrations make for one org's sight.
GRANT USAGE ON SCHEMA engine TO tocsin_tenant;
GRANT SELECT ON engine.instance, engine.transition, engine.monitor_status TO tocsin_tenant;

ALTER TABLE engine.instance ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON engine.instance TO tocsin_tenant
    USING (org_id = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE engine.transition ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON engine.transition TO tocsin_tenant
    USING (org_id = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE engine.monitor_status ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON engine.monitor_status TO tocsin_tenant
    USING (org_id = NULLIF(current_setting('tocsin.org', true), ''));
