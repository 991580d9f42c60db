import { Gateway } from './gateway.ts';
const g = await Gateway.start({ withConsole: true, withHl7: true });
try {
  for (let i = 0; i < 2; i++) console.log(await g.cli('drill', 'run').catch((e) => `${e.stdout}\n${e.stderr}`));
  console.log(await g.cli('drill', 'list').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('drill', 'show', '1').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('drill', 'schedule', '--on', 'monday', '--tell', 'garde PACS 4242').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('config', 'show').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('needs').catch((e) => e.stdout + e.stderr));
  if (process.env.LOG) console.log(await g.cli('log').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('status').catch((e) => e.stdout + e.stderr));
  console.log(await g.cli('index', 'status').catch((e) => e.stdout + e.stderr));
  console.log(g.stderr);
} finally { await g.dispose(); }
