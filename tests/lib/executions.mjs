// Executions of agents, as a script follows them.
import assert from 'node:assert/strict';

const LIMIT = 20_000; // ms
const ENDED = new Set(['COMPLETED', 'FAILED', 'TERMINATED']);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function execute(api, { id, version }, node_input) {
  const answer = await api.post(`/graphs/${id}/execute/${version}`, node_input === undefined ? undefined : { node_input });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.json), ['id']);
  return answer.json.id;
}

export async function results(api, graph, id) {
  const answer = await api.get(`/graphs/${graph.id}/executions/${id}/results`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// Its results, once they are as wished.
export async function until(api, graph, id, wished, limit = LIMIT) {
  for (const end = Date.now() + limit; ;) {
    const got = await results(api, graph, id);
    if (wished(got))
      return got;
    if (Date.now() > end)
      assert.fail(`still ${JSON.stringify(got).slice(0, 2000)}`);
    await pause(20);
  }
}

export const ended = (api, graph, id, limit) => until(api, graph, id, (r) => ENDED.has(r.status), limit);

// Executes it and waits for its end.
export async function run(api, graph, node_input) {
  return ended(api, graph, await execute(api, graph, node_input));
}

export const outputOf = (results, graph, name) => {
  const node = graph.nodes.find((n) => n.input_default.name === name);
  return results.nodes.filter((n) => n.node_id === node.id);
};
