/** Tests run on what `tsc` built, the same files that ship: no second compiler, and worker threads just work. */
module.exports = {
  rootDir: process.env.HEADGATE_BUILD ?? 'dist',
  testEnvironment: '<rootDir>/test/environment.js',
  // An ECMAScript module, which jest loads only with a flag of Node.
  moduleNameMapper: { '^jose$': '<rootDir>/test/fixtures/native-jose.js' },
  transform: {},
  testMatch: ['<rootDir>/test/**/*.test.js'],
  // For hangs only: a machine that does other work as well takes many times as long.
  testTimeout: 120_000,
  maxWorkers: 2,
  // Jest complains of a process that has not gone after so long. One with nothing open, and 300 MB to give back, needs seconds
  // where the cores have other work; one that keeps something open would never go.
  workerGracefulExitTimeout: 30_000,
  testSequencer: '<rootDir>/test/sequencer.js',
};
