// Lists and searches of a store with many listings, page by page, against what a loop finds (dialect: Store).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withKey } from '../lib/agents.mjs';
import { signUp } from '../lib/people.mjs';
import { Server } from '../lib/server.mjs';
import { imported, row } from '../lib/store.mjs';

const COUNT = 1060, LATE = 800;
const SHOWN = 1000; // of one search by words, at most
// In the order of their names. What is said of each stands in the place that the word "in" tells.
const all = Array.from({ length: COUNT }, (_, i) => ({
  slug: `tool-${i}`, name: `Tool ${String(i).padStart(4, '0')}${i % 5 ? '' : ' sharp'}${i % 40 ? '' : ' rare'}`,
  sub_heading: `${i % 3 ? '' : 'sharp '}${i % 7 ? '' : 'heavy '}thing`,
  description: `For everyone${i % 2 ? ' sharp' : ''}${i >= LATE ? ' late' : ''}${i % 200 ? '' : ' rare'}`,
  categories: [`kind ${i % 2}`], creator: `maker-${i % 4}`, featured: i % 6 === 0,
}));
const says = (text, word) => ` ${text.toLowerCase()} `.includes(` ${word} `);
// 0 in the name, 1 in the heading or the categories too, 2 in the description too, 3 not at all; of several words the last place counts.
const place = (listing, words) => {
  const texts = [listing.name, `${listing.name} ${listing.sub_heading} ${listing.categories[0]}`];
  texts.push(`${texts[1]} ${listing.description}`);
  const at = texts.findIndex((text) => words.every((word) => says(text, word)));
  return at < 0 ? 3 : at;
};

let server, api;
before(async () => {
  server = await Server.start();
  api = await withKey(server, await signUp(server), ['READ_STORE']);
  const said = await imported(server, all.map(({ slug, ...more }) => row(slug, more)));
  assert.equal(said.added, COUNT);
});
after(() => server?.close());

async function pages(query, page_size) {
  const slugs = [];
  for (let page = 1; ; page++) {
    const { status, json, text } = await api.get('/store/agents', { query: { ...query, page, page_size } });
    assert.equal(status, 200, text);
    slugs.push(...json.agents.map((agent) => agent.slug));
    if (page >= json.pagination.total_pages) {
      assert.equal(json.pagination.total_items, slugs.length);
      return slugs;
    }
  }
}

describe('GET /store/agents of many', () => {
  for (const words of ['everyone', 'sharp', 'heavy', 'late', 'rare', 'sharp heavy', 'late sharp', 'rare sharp', 'thing', 'kind', 'nothing'])
    for (const page_size of [20, 93])
      it(`finds all by "${words}", what fits best first, ${page_size} a page`, async () => {
        const found = [0, 1, 2].flatMap((at) => all.filter((listing) => place(listing, words.split(' ')) === at)).map(({ slug }) => slug).slice(0, SHOWN);
        assert.deepEqual(await pages({ search_query: words }, page_size), found);
      });

  for (const words of ['everyone', 'sharp', 'late', 'rare'])
    for (const sorted_by of ['name', 'runs', 'rating'])
      it(`sorts what it finds by "${words}" by ${sorted_by}`, async () => {
        const found = all.filter((listing) => place(listing, words.split(' ')) < 3).map(({ slug }) => slug).slice(0, SHOWN);
        assert.deepEqual(await pages({ search_query: words, sorted_by }, 20), found);
      });

  for (const [query, has] of [[{ category: 'kind 1' }, (_, i) => i % 2 === 1], [{ creator: 'maker-3' }, (_, i) => i % 4 === 3], [{ featured: true }, (_, i) => i % 6 === 0],
    [{ category: 'kind 0', creator: 'maker-2', featured: true }, (_, i) => i % 12 === 6], [{ search_query: 'late', category: 'kind 0' }, (_, i) => i >= LATE && i % 2 === 0],
    [{ search_query: 'everyo' }, () => true], [{ search_query: 'lat' }, (_, i) => i >= LATE], [{}, () => true]])
    it(`lists ${JSON.stringify(query)} by name`, async () =>
      assert.deepEqual(await pages({ ...query, sorted_by: 'name' }, 50), all.filter(has).map(({ slug }) => slug).slice(0, query.search_query ? SHOWN : COUNT)));

  it('shows no more of a search than its first thousand, and all of a list', async () => {
    const totals = await Promise.all([{ search_query: 'everyone' }, { search_query: 'everyone', page: 51 }, { search_query: 'sharp' }, {}]
      .map(async (query) => (await api.get('/store/agents', { query })).json));
    assert.deepEqual(totals.map(({ agents, pagination }) => [agents.length, pagination.total_items]), [[20, SHOWN], [0, SHOWN], [20, all.filter((l) => place(l, ['sharp']) < 3).length], [20, COUNT]]);
  });
});
