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

// Has an agent run at certain times, and takes it back: its next times.
export async function schedule(client: Client, graphId: string, cron: string, timezone: string): Promise<string[]> {
  const { data, error } = await client.POST('/external-api/v1/graphs/{graph_id}/schedules', {
    params: { path: { graph_id: graphId } },
    body: { name: 'From TypeScript', cron, timezone, inputs: {}, credentials: {} },
  });
  if (!data)
    throw new Error(JSON.stringify(error));
  await client.DELETE('/external-api/v1/schedules/{schedule_id}', { params: { path: { schedule_id: data.id } } });
  return data.next_run_times;
}

// The type of a tool's answer tells what else is in it.
export async function findAgents(client: Client, query: string): Promise<string[]> {
  const { data, error } = await client.POST('/external-api/v1/tools/find-agent', { body: { query } });
  if (!data)
    throw new Error(JSON.stringify(error));
  switch (data.type) {
    case 'agents_found':
      return data.agents.map((agent) => agent.id);
    case 'no_results':
      return data.suggestions;
    case 'error':
      return [data.message];
  }
}

export async function runAgent(client: Client, username_agent_slug: string): Promise<string> {
  const { data, error } = await client.POST('/external-api/v1/tools/run-agent', {
    body: { username_agent_slug, inputs: {}, use_defaults: true, timezone: 'UTC' },
  });
  if (!data)
    throw new Error(JSON.stringify(error));
  return data.type === 'execution_started' ? data.execution_id : data.message;
}

// What a search of the store finds, and who made it.
export async function inStore(client: Client, search_query: string) {
  const { data, error } = await client.GET('/external-api/v1/store/agents', { params: { query: { search_query, sorted_by: 'runs', page: 1 } } });
  if (!data)
    throw new Error(JSON.stringify(error));
  const found = [];
  for (const { creator, slug } of data.agents) {
    const agent = await client.GET('/external-api/v1/store/agents/{username}/{agent_name}', { params: { path: { username: creator, agent_name: slug } } });
    const maker = await client.GET('/external-api/v1/store/creators/{username}', { params: { path: { username: creator } } });
    found.push([agent.data?.agent_name, agent.data?.versions.length, maker.data?.num_agents]);
  }
  return { total: data.pagination.total_items, found };
}

// Stores a key, connects an account as far as an app can by itself, and lists what is there.
export async function integrate(client: Client, callback_url: string) {
  const provider = (name: string) => ({ params: { path: { provider: name } } });
  const providers = await client.GET('/external-api/v1/integrations/providers');
  const stored = await client.POST('/external-api/v1/integrations/{provider}/credentials', { ...provider('openai'), body: { type: 'api_key', title: 'Work', api_key: 'a key of a test' } });
  const begun = await client.POST('/external-api/v1/integrations/{provider}/oauth/initiate', { ...provider('github'), body: { callback_url, scopes: ['repo'], state_metadata: {} } });
  if (!providers.data || !stored.data || !begun.data)
    throw new Error(JSON.stringify([providers.error, stored.error, begun.error]));
  const refused = await client.POST('/external-api/v1/integrations/{provider}/oauth/complete', { ...provider('github'), body: { code: 'none', state_token: 'none' } });
  const listed = await client.GET('/external-api/v1/integrations/{provider}/credentials', provider('openai'));
  const path = { provider: 'openai', id: stored.data.id };
  const renamed = await client.PATCH('/external-api/v1/integrations/{provider}/credentials/{id}', { params: { path }, body: { title: 'Home' } });
  const deleted = await client.DELETE('/external-api/v1/integrations/{provider}/credentials/{id}', { params: { path } });
  return {
    oauth: providers.data.filter((p) => p.supports_oauth).map((p) => p.name),
    login: begun.data.login_url, refused: refused.error?.detail, titles: listed.data?.map((c) => c.title), renamed: renamed.data?.title, deleted: deleted.data?.deleted,
  };
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
