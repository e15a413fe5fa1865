import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FILE = join(__dirname, '..', '..', '..', 'gateway', 'authentication', 'jwt', 'jose.js');
const SCRIPT = `require(${JSON.stringify(FILE)}).loadJose().then(({ compactVerify }) => console.log(typeof compactVerify))`;

describe('the library for signatures', () => {
  it.each([
    ['that loads ECMAScript modules by require', []],
    ['that does not', ['--no-experimental-require-module']],
  ])('is loaded by a version of Node %s', (_which, flags) => {
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', SCRIPT], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['function\n', '']);
  });
});
