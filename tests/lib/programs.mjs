// The built programs, run as an operator runs them: by name, with an environment and with standard input.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const buildDir = resolve(root, process.env.BUILD_DIR ?? 'build');

// What a program gets from the test's own environment: nothing that configures Gatehouse.
const inherited = ['PATH', 'HOME', 'LANG', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'TSAN_OPTIONS', 'LLVM_PROFILE_FILE'];

const complaint = /ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer|detected memory leaks/;

export function environment(own = {}) {
  const env = { TZ: 'UTC' };
  for (const name of inherited)
    if (process.env[name] !== undefined)
      env[name] = process.env[name];
  return { ...env, ...own };
}

export function launch(program, args, { env = {}, cwd, stdio } = {}) {
  return spawn(resolve(buildDir, program), args, { env: environment(env), cwd, stdio: stdio ?? ['pipe', 'pipe', 'pipe'] });
}

// Runs a program to its end. A sanitizer's complaint is a failure whatever the caller expects.
export function run(program, args, { env = {}, cwd, input = '', timeout = 30_000 } = {}) {
  return new Promise((done, fail) => {
    const child = launch(program, args, { env, cwd });
    let stdout = '', stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.stdout.on('data', (d) => { stdout += d; });
    child.stderr.on('data', (d) => { stderr += d; });
    child.stdin.on('error', () => {}); // it may end without reading
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal)
        fail(new Error(`${program} ${args.join(' ')}: ended by ${signal}\n${stdout}${stderr}`));
      else if (complaint.test(stderr))
        fail(new Error(`${program} ${args.join(' ')}: the sanitizer complains\n${stderr}`));
      else
        done({ code, stdout, stderr });
    });
    child.stdin.end(input);
  });
}

export async function runJson(program, args, options) {
  const ran = await run(program, args, options);
  if (ran.code !== 0)
    throw new Error(`${program} ${args.join(' ')}: exit ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout);
}

export { complaint as sanitizerComplaint };
