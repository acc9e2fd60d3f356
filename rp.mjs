import { createChdbConnection } from 'chdb/connection'
const c = createChdbConnection({ path: '/tmp/rp/data2' })
const x = async (sql) => { try { const r = await c.chdb.queryAsync(sql, { format: 'JSONEachRow' }); return r.text().trim() || 'ok' } catch (e) { return 'ERR ' + e.message.slice(0,300) } }
console.log(await x('CREATE DATABASE IF NOT EXISTS tocsin')); console.log(await x('USE tocsin'))
console.log(await x('CREATE TABLE IF NOT EXISTS t (org_id LowCardinality(String), v UInt32, m String, INDEX vv v TYPE minmax GRANULARITY 1) ENGINE=MergeTree ORDER BY (org_id, v)'))
console.log(await x("INSERT INTO t SELECT if(number%2=0,'a','b'), number, toString(number) FROM numbers(2000000)"))
const wall = (o) => `SET additional_table_filters = {'tocsin.t': 'org_id = \\'${o}\\''};\n`
console.log(await x(wall('a') + 'SELECT count() c FROM t'))
console.log(await x(wall('a') + 'SELECT count() c FROM tocsin.t AS x WHERE 1'))
console.log(await x(wall('a') + 'SELECT count() c FROM (SELECT * FROM t UNION ALL SELECT * FROM t)'))
console.log(await x(wall('a') + 'WITH z AS (SELECT v FROM t) SELECT count() c FROM t AS l JOIN z ON z.v = l.v'))
console.log(await x(wall('a') + "SELECT count() c FROM merge('tocsin', 't')"))
console.log(await x(wall('zz') + 'SELECT count() c FROM t'))
console.log(await x("SET additional_table_filters = {};\nSELECT count() c FROM t"))
console.log(await x(wall('a') + "EXPLAIN indexes=1 SELECT count() FROM t WHERE org_id='a' AND v = 55"))
for (const pre of ['SET additional_table_filters = {};\n', wall('a')]) { const s=performance.now(); for (let i=0;i<50;i++) await x(pre+"SELECT count() FROM t WHERE org_id='a' AND v > 55 AND m like '%99%'"); console.log(performance.now()-s) }
await c.close()
