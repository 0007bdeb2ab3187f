// Loaded before a program. It lets it talk to loopback only, and notes in the
// file $STRANGERS whom else it would have talked to.
const fs = require("node:fs");
const net = require("node:net");

const loopback = (host) => !host || host === "localhost" || host === "::1" || host.startsWith("127.");

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  // Node calls it with its arguments in a list, programs do not; a path is a unix socket.
  const first = Array.isArray(given[0]) ? given[0][0] : given[0];
  const options = typeof first === "object" ? first : { port: first, host: given[1] };
  const host = options.path ? undefined : options.host;
  if (!loopback(host)) {
    fs.appendFileSync(process.env.STRANGERS, `${host}\n`);
    throw new Error(`only loopback may be called, not ${host}`);
  }
  return connect.apply(this, given);
};
