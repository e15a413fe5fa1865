#!/usr/bin/env -S node --max-semi-space-size=16 --single-threaded-gc
// Apollo's packages read this when they are loaded: nobody is told who runs Headgate, and where.
process.env.APOLLO_TELEMETRY_DISABLED = '1';

import { runProgram } from './cli/program';

void runProgram(process.argv.slice(2));
