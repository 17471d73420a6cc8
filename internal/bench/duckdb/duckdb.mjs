// DuckDB in this process, for internal/bench: reads requests as lines of JSON,
// runs them, and answers each with a line. Times are taken here, around the
// query alone, so that neither the pipe nor JSON counts.
import { createInterface } from 'node:readline'
import { DuckDBInstance, version } from '@duckdb/node-api'

const [, , threads] = process.argv
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
const prepared = new Map()

const operations = {
  version: async () => ({ version: version() }),
  run: async ({ sql }) => {
    await connection.run(sql)
    return {}
  },
  prepare: async ({ name, statements }) => {
    prepared.set(name, await Promise.all(statements.map((sql) => connection.prepare(sql))))
    return {}
  },
  ask: async ({ name, now }) => {
    const statements = bind(name, now)
    const begun = process.hrtime.bigint()
    for (const s of statements) await s.runAndReadAll()
    return { nanoseconds: Number(process.hrtime.bigint() - begun) }
  },
  answer: async ({ name, now }) => {
    const results = []
    for (const s of bind(name, now)) {
      const read = await s.runAndReadAll()
      results.push(read.getRows().map((row) => row.map(String)))
    }
    return { results }
  },
}

function bind(name, now) {
  const statements = prepared.get(name)
  for (const s of statements) if (s.parameterCount > 0) s.bindBigInt(1, BigInt(now))
  return statements
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line)
  let answer
  try {
    answer = await operations[op](rest)
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
