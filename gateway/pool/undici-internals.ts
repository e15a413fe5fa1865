// Single files of undici: all of it, with its fetch, WebSocket and caches, would take the start 60 ms of CPU longer. They are
// no part of what undici promises; test/internals.test.ts tells when an upgrade has moved them.
import buildConnector = require('undici/lib/core/connect');
import ConnectionPool = require('undici/lib/dispatcher/pool');

export { buildConnector, ConnectionPool };
