// The systemd unit: systemd reads it without a complaint, and finds little that the service could do beyond its work.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { configuration, findProgram } from '../lib/front.mjs';
import { buildDir } from '../lib/programs.mjs';

const EXPOSURE_MAX = 2; // of 10, as `systemd-analyze security` counts
const { path, options } = findProgram('systemd-analyze');

describe('gatehouse.service', options, () => {
  it('is a sound unit, and closes what it need not have', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-unit-')), file = join(folder, 'gatehouse.service');
    writeFileSync(file, configuration('gatehouse.service', [['/usr/local/bin/gatehouse', resolve(buildDir, 'gatehouse')]]));
    const run = (...args) => spawnSync(path, [...args, file], { encoding: 'utf8' });
    const sound = run('verify', '--man=no');
    assert.deepEqual([sound.status, sound.stderr], [0, '']);
    const secure = run('security', '--offline=true', '--no-pager', `--threshold=${10 * EXPOSURE_MAX}`);
    assert.equal(secure.status, 0, `${secure.stdout.slice(-300)}${secure.stderr}`);
    rmSync(folder, { recursive: true });
  });
});
