// API keys as the Platform makes and stores them, for want of an endpoint that would.
import { createHash, randomBytes, randomUUID, scryptSync } from 'node:crypto';

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export function scrypt(text) {
  const salt = randomBytes(32);
  return { hash: scryptSync(text, salt, 32, { N: 16384, r: 8, p: 1 }).toString('hex'), salt: salt.toString('hex') };
}

export const keyText = () => `agpt_${randomBytes(32).toString('base64url')}`;

export async function addApiKey(server, userId, { createdAt = Date.now(), permissions = 'IDENTITY' } = {}) {
  const text = keyText(), id = randomUUID(), { hash, salt } = scrypt(text);
  await server.sql(`INSERT INTO api_keys (id, user_id, name, head, tail, hash, salt, status, permissions, created_at, updated_at, last_used_at, revoked_at)
    VALUES ('${id}', '${userId}', 'key', '${text.slice(0, 8)}', '${text.slice(-8)}', '${hash}', '${salt}', 'ACTIVE', '${permissions}', ${createdAt}, ${createdAt}, 0, 0)`);
  return { id, text };
}

export const withApiKey = (server, { text }, headers = {}) => server.browser().get('/external-api/v1/me', { headers: { 'x-api-key': text, ...headers } });
