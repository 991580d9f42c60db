// What ransomware and miners write and do.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule ransom_note {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient le message d’un rançongiciel."
    description = "The object holds the message of a ransomware."
    reference = "MITRE ATT&CK T1486"
  strings:
    $say0 = "files have been encrypted" ascii wide nocase
    $say1 = "files are encrypted" ascii wide nocase
    $say2 = "files were encrypted" ascii wide nocase
    $say3 = "network has been encrypted" ascii wide nocase
    $say4 = "vos fichiers ont " ascii wide nocase
    $say5 = "vos fichiers sont chiffr" ascii wide nocase
    $pay0 = ".onion" ascii wide nocase
    $pay1 = "Tor Browser" ascii wide nocase
    $pay2 = "bitcoin" ascii wide nocase
    $pay3 = "decryption key" ascii wide nocase
    $pay4 = "decryptor" ascii wide nocase
    $pay5 = "cl\xc3\xa9 de d\xc3\xa9chiffrement" ascii wide nocase
    $pay6 = "navigateur Tor" ascii wide nocase
  condition:
    any of ($say*) and any of ($pay*)
}

rule backup_destruction {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande qui détruit les sauvegardes de la machine."
    description = "The object holds a command that destroys the machine’s backups."
    reference = "MITRE ATT&CK T1490"
  strings:
    $a0 = "vssadmin delete shadows" ascii wide nocase
    $a1 = "vssadmin.exe delete shadows" ascii wide nocase
    $a2 = "wmic shadowcopy delete" ascii wide nocase
    $a3 = "wbadmin delete catalog" ascii wide nocase
    $a4 = "recoveryenabled no" ascii wide nocase
    $a5 = "bootstatuspolicy ignoreallfailures" ascii wide nocase
  condition:
    any of them
}

rule defence_off {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande qui désarme l’antivirus."
    description = "The object holds a command that disarms the antivirus."
    reference = "MITRE ATT&CK T1562.001"
  strings:
    $a0 = "Set-MpPreference -Disable" ascii wide nocase
    $a1 = "Add-MpPreference -Exclusion" ascii wide nocase
    $a2 = "sc stop WinDefend" ascii wide nocase
    $a3 = "sc.exe stop WinDefend" ascii wide nocase
  condition:
    any of them
}

rule miner {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient de quoi fabriquer de la cryptomonnaie à l’insu du propriétaire de la machine."
    description = "The object holds what mines cryptocurrency behind the machine owner’s back."
    reference = "MITRE ATT&CK T1496"
  strings:
    $a0 = "stratum+tcp://" ascii wide nocase
    $a1 = "stratum+ssl://" ascii wide nocase
    $a2 = "stratum+tls://" ascii wide nocase
  condition:
    any of them
}
