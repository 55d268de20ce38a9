// A whole network on loopback: identities, an account server and, with a database, the view of the app.
// node bluesky_network.cjs FOLDER, where FOLDER holds node_modules with @atproto/dev-env.
// POSTGRES_URL: a database for the view; without one there are accounts and records only.
// Prints its address as one line of JSON, then answers every line it reads when all has been indexed.
const { createRequire } = require('node:module')
const net = require('node:net')
const path = require('node:path')
const readline = require('node:readline')

const onAnyHost = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  const port = typeof first === 'object' ? first?.port : first
  const then = rest.filter((one) => typeof one === 'function')
  return port === undefined || Number.isNaN(Number(port))
    ? onAnyHost.call(this, first, ...rest)
    : onAnyHost.call(this, { port: Number(port), host: '127.0.0.1' }, ...then)
}
require('node:dns').setDefaultResultOrder('ipv4first')
process.env.LOG_ENABLED = 'false'
process.env.REDIS_HOST = process.env.REDIS_HOST ?? '127.0.0.1:1'

async function main() {
  const load = createRequire(path.join(process.argv[2], 'package.json'))
  const { TestNetwork, TestNetworkNoAppView } = load('@atproto/dev-env')
  const pds = {
    hostname: 'localhost',
    enableDidDocWithSession: true,
    rateLimitsEnabled: process.env.RATE_LIMITS === '1',
  }
  const database = process.env.POSTGRES_URL
  const letters = [...String(Date.now())].map((digit) => 'abcdefghij'[digit]).join('')
  const network = database
    ? await TestNetwork.create({ dbPostgresUrl: database, dbPostgresSchema: `s_${letters}`, pds })
    : await TestNetworkNoAppView.create({ pds })
  console.log(JSON.stringify({ pds: `http://127.0.0.1:${network.pds.port}` }))
  for await (const _ of readline.createInterface({ input: process.stdin })) {
    await network.processAll(30000)
    console.log('"done"')
  }
  process.exit(0)
}
main()
