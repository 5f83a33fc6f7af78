// A database in a file, and a look into it beside the running server.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export class SqliteFile {
  constructor(path) {
    this.path = path;
    this.url = `sqlite:${path}`;
  }

  sql(text) {
    return new Promise((done, fail) => {
      const child = spawn('sqlite3', ['-json', '-cmd', '.timeout 10000', this.path, text], { stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '', err = '';
      child.stdout.on('data', (d) => { out += d; });
      child.stderr.on('data', (d) => { err += d; });
      child.on('error', fail);
      child.on('close', (code) => {
        // ".timeout" answers nothing; PRAGMAs and SELECTs answer one JSON array
        if (code !== 0 || err)
          fail(new Error(`sqlite3: ${err || code}: ${text}`));
        else
          done(out.trim() ? JSON.parse(out) : []);
      });
    });
  }

  get files() {
    return [this.path, `${this.path}-wal`].filter(existsSync);
  }

  // All bytes that it holds, as Latin-1.
  async everything() {
    return this.files.map((f) => readFileSync(f, 'latin1')).join('');
  }

  // From here on changes of rows in these tables fail, as they do on a full disk.
  async refuse(tables) {
    for (const t of tables)
      await this.sql(`CREATE TRIGGER refuse_${t} BEFORE UPDATE ON ${t} BEGIN SELECT RAISE(FAIL, 'no space'); END`);
  }

  async accept(tables) {
    for (const t of tables)
      await this.sql(`DROP TRIGGER IF EXISTS refuse_${t}`);
  }

  // Rows that are damaged, or missing in an index.
  async faults() {
    const rows = await this.sql('PRAGMA integrity_check');
    return rows.map((r) => r.integrity_check).filter((text) => text !== 'ok');
  }

  async drop() {} // goes with its folder
}
