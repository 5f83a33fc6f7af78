// A client as one would write it: its types are made from the document that the server gives out.
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/schema.js';

export type Me = components['schemas']['Me'];

const connect = (baseUrl: string, headers: Record<string, string>) => createClient<paths>({ baseUrl, headers });
export const withKey = (baseUrl: string, key: string) => connect(baseUrl, { 'X-API-Key': key });
export const withToken = (baseUrl: string, token: string) => connect(baseUrl, { Authorization: `Bearer ${token}` });

type Client = ReturnType<typeof connect>;

export async function whoAmI(client: Client): Promise<Me> {
  const { data, error } = await client.GET('/external-api/v1/me');
  if (!data)
    throw new Error(JSON.stringify(error));
  return data;
}

export async function blockNames(client: Client): Promise<string[]> {
  const { data, error } = await client.GET('/external-api/v1/blocks');
  if (!data)
    throw new Error(JSON.stringify(error));
  return data.map((block) => block.name);
}

// What one block gave, or the server's own words on why it gave nothing.
export async function runBlock(client: Client, id: string, inputs: Record<string, unknown>) {
  const { data, error, response } = await client.POST('/external-api/v1/blocks/{block_id}/execute', {
    params: { path: { block_id: id } },
    body: inputs,
  });
  return { status: response.status, outputs: data, detail: error?.detail };
}

// The compiler knows what the server would refuse. (A line that were right after all would be an error.)
export async function mistakes(client: Client) {
  // @ts-expect-error there is no such path
  await client.GET('/external-api/v1/myself');
  // @ts-expect-error the path has a parameter
  await client.POST('/external-api/v1/blocks/{block_id}/execute', { body: {} });
  const { data } = await client.GET('/external-api/v1/me');
  // @ts-expect-error a person has no such member
  return data?.nickname;
}
