// The disk under a server, as far as a database asks whether something has reached it: it works, holds or fails. A system's disk does
// the same, so no door for tests is needed in the product.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildDir } from './programs.mjs';

const library = resolve(buildDir, 'tests/lib/disk.so');

export class Disk {
  constructor() {
    assert.ok(existsSync(library), `${library} is built with the unit tests`);
    this.folder = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
    this.path = join(this.folder, 'disk');
    writeFileSync(this.path, Buffer.alloc(8));
  }

  // As in system-clock.mjs.
  get environment() {
    const asan = [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':');
    return { LD_PRELOAD: library, ASAN_OPTIONS: asan, TEST_DISK: this.path };
  }

  works() { this.#set(0); }
  holds() { this.#set(1); }
  fails() { this.#set(2); }

  // How often it was asked.
  get calls() {
    return readFileSync(this.path).readInt32LE(4);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #set(mode) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(mode);
    writeFileSync(this.path, bytes, { flag: 'r+' }); // in its place: it is mapped
  }
}
