#!/usr/bin/env -S node --max-semi-space-size=16 --single-threaded-gc
// Apollo's packages read this when they are loaded: nobody is told who runs Headgate, and where.
process.env.APOLLO_TELEMETRY_DISABLED = '1';

import { checkPeers } from './peers';

/** The program, once the packages that it is loaded with are known to be there. By `require`: an import would come first. */
function main(): void {
  try {
    checkPeers();
  } catch (error) {
    process.stderr.write(`error[PEER_UNFIT] ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 3;
    return;
  }
  const { runProgram }: typeof import('./cli/program') = require('./cli/program');
  void runProgram(process.argv.slice(2));
}

main();
