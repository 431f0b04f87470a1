// Health check of a container: exit code 0 when the URL answers with success.
const url = process.argv[2] ?? 'http://127.0.0.1:9450/health/ready';
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch((error) => ({ ok: false, status: error.cause?.code ?? error.name }));
if (!answer.ok) console.error(`${url}: ${answer.status}`);
process.exit(answer.ok ? 0 : 1);
