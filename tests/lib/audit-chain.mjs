// The chain of the audit trail, made a second time from its description (src/account/audit_chain.h, audit_codec.h): with the
// server's key a test can make a trail that is as old as it likes, and without it what somebody would who has the database alone.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { engine } from './server.mjs';

const pg = engine === 'postgres';
const hexOf = (column) => pg ? `encode(${column}, 'hex')` : `lower(hex(${column}))`;
const bytes = (b) => pg ? `'\\x${b.toString('hex')}'` : `x'${b.toString('hex')}'`;

const u64 = (value) => {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(value));
  return b;
};
const parts = (list) => Buffer.concat(list.flatMap((p) => [u64(Buffer.byteLength(p)), Buffer.from(p)]));
const mac = (key, ...list) => createHmac('sha256', key).update(parts(list)).digest();

export const serverKey = (server) => Buffer.from(readFileSync(server.env.GATEHOUSE_KEY_FILE, 'utf8').trim(), 'hex');
export const otherKey = () => randomBytes(32);
const keyId = (key) => mac(key, 'audit key').subarray(0, 8);

export async function segments(server) {
  const rows = await server.sql(`SELECT seq, CAST(first_id AS text) AS first, CAST(last_id AS text) AS last, count, sealed_at,
    ${hexOf('events')} AS events FROM audit_segments ORDER BY seq`);
  return rows.map((r) => ({ seq: Number(r.seq), first: BigInt(r.first), last: BigInt(r.last), count: Number(r.count),
    sealedAt: Number(r.sealed_at), events: Buffer.from(r.events, 'hex') }));
}

export const eventsOf = (segment) => {
  const list = [];
  for (let at = 0; at < segment.events.length;) {
    const end = at + 2 + segment.events.readUInt16BE(at);
    list.push(segment.events.subarray(at, end));
    at = end;
  }
  return list;
};

export const withEvents = (segment, list) => ({ ...segment, events: Buffer.concat(list), count: list.length });

// The same events, so many days ago.
export const earlier = (segment, days) => {
  const by = BigInt(days) * 86_400_000n << 22n; // an id's milliseconds stand above 22 bits
  const list = eventsOf(segment).map((e) => Buffer.concat([e.subarray(0, 2), u64(e.readBigUInt64BE(2) - by), e.subarray(10)]));
  return { ...withEvents(segment, list), first: segment.first - by, last: segment.last - by };
};

// Stores a segment as it stands, with its seal as it was.
export const overwrite = (server, seq, s) => server.sql(`UPDATE audit_segments SET first_id = ${s.first}, last_id = ${s.last}, count = ${s.count},
  sealed_at = ${s.sealedAt}, events = ${bytes(s.events)} WHERE seq = ${seq}`);

// Stores all segments, the first of which follows `previous`, and the head, sealed anew with this key.
export async function reseal(server, list, key, previous = Buffer.alloc(32), removed = 0) {
  let hash = previous, statements = '', events = removed;
  for (const s of list) {
    hash = createHash('sha256').update(parts(['audit segment', hash,
      Buffer.concat([s.seq, s.first, s.last, s.count, s.sealedAt].map(u64)), s.events])).digest();
    events += s.count;
    statements += `UPDATE audit_segments SET first_id = ${s.first}, last_id = ${s.last}, count = ${s.count}, events = ${bytes(s.events)},
      hash = ${bytes(hash)}, mac = ${bytes(mac(key, 'audit segment', hash))}, key_id = ${bytes(keyId(key))} WHERE seq = ${s.seq};\n`;
  }
  const head = [list.at(-1).seq, events];
  await server.sql(`${statements}UPDATE audit_marks SET seq = ${head[0]}, events = ${head[1]}, hash = ${bytes(hash)},
    mac = ${bytes(mac(key, 'audit mark', 'head', Buffer.concat(head.map(u64)), hash))}, key_id = ${bytes(keyId(key))} WHERE name = 'head'`);
}

const tables = ['audit_segments', 'audit_marks', 'audit_recent', 'audit_blocks'];

// Keeps the trail as it is, and puts it back.
export const keep = (server) =>
  server.sql(tables.map((t) => `DROP TABLE IF EXISTS kept_${t}; CREATE TABLE kept_${t} AS SELECT * FROM ${t};`).join('\n'));
export const putBack = (server) =>
  server.sql(tables.map((t) => `DELETE FROM ${t}; INSERT INTO ${t} SELECT * FROM kept_${t};`).join('\n'));
