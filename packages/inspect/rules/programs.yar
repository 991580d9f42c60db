// Programs, machine code and agents. A rule that begins with a magic number sees the beginning of a content.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule pedicom {
  meta:
    severity = "malicious"
    description_fr = "Ce fichier est à la fois une image DICOM et un programme Windows."
    description = "This file is both a DICOM image and a Windows program."
    reference = "CVE-2019-11687"
  condition:
    uint16(0) == 0x5A4D and uint32be(128) == 0x4449434D
}

rule elfdicom {
  meta:
    severity = "malicious"
    description_fr = "Ce fichier est à la fois une image DICOM et un programme Linux."
    description = "This file is both a DICOM image and a Linux program."
  condition:
    uint32be(0) == 0x7F454C46 and uint32be(128) == 0x4449434D
}

rule script_dicom {
  meta:
    severity = "malicious"
    description_fr = "Ce fichier est à la fois une image DICOM et un script."
    description = "This file is both a DICOM image and a script."
  condition:
    uint16be(0) == 0x2321 and uint32be(128) == 0x4449434D
}

rule upx_windows {
  meta:
    severity = "suspicious"
    description_fr = "Un programme Windows compressé, dont le contenu est caché, se trouve dans l’objet."
    description = "A packed Windows program, whose content is hidden, lies in the object."
    reference = "MITRE ATT&CK T1027.002"
  strings:
    $a = "UPX0"
    $b = "UPX1"
    $c = "UPX!"
  condition:
    uint16(0) == 0x5A4D and 2 of them
}

rule upx_linux {
  meta:
    severity = "suspicious"
    description_fr = "Un programme Linux compressé, dont le contenu est caché, se trouve dans l’objet."
    description = "A packed Linux program, whose content is hidden, lies in the object."
    reference = "MITRE ATT&CK T1027.002"
  strings:
    $a = "UPX!"
  condition:
    uint32be(0) == 0x7F454C46 and $a
}

rule process_injection {
  meta:
    severity = "malicious"
    description_fr = "Un programme qui s’introduit dans d’autres processus se trouve dans l’objet."
    description = "A program that injects itself into other processes lies in the object."
    reference = "MITRE ATT&CK T1055"
  strings:
    $a1 = "VirtualAllocEx"
    $a2 = "NtAllocateVirtualMemory"
    $b1 = "WriteProcessMemory"
    $b2 = "NtWriteVirtualMemory"
    $c1 = "CreateRemoteThread"
    $c2 = "QueueUserAPC"
    $c3 = "NtCreateThreadEx"
    $c4 = "SetThreadContext"
  condition:
    uint16(0) == 0x5A4D and any of ($a*) and any of ($b*) and any of ($c*)
}

rule credential_theft {
  meta:
    severity = "malicious"
    description_fr = "Un outil de vol de mots de passe se trouve dans l’objet."
    description = "A tool that steals passwords lies in the object."
    reference = "MITRE ATT&CK T1003"
  strings:
    $a0 = "sekurlsa::" ascii wide nocase
    $a1 = "lsadump::" ascii wide nocase
    $a2 = "kerberos::golden" ascii wide nocase
    $a3 = "privilege::debug" ascii wide nocase
    $a4 = "Invoke-Mimikatz" ascii wide nocase
  condition:
    any of them
}

rule shellcode_windows {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient du code machine d’attaque pour Windows."
    description = "The object holds attack machine code for Windows."
    reference = "MITRE ATT&CK T1059"
  strings:
    $x86 = { FC E8 ( 82 | 89 | 8F ) 00 00 00 60 89 E5 31 ( C0 | D2 ) 64 8B }
    $x64 = { FC 48 83 E4 F0 E8 ( C0 | C8 | CC ) 00 00 00 41 51 41 50 52 51 }
  condition:
    any of them
}

rule shellcode_linux {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient du code machine d’attaque pour Linux."
    description = "The object holds attack machine code for Linux."
    reference = "MITRE ATT&CK T1059"
  strings:
    $x86 = { 31 C0 50 68 2F 2F 73 68 68 2F 62 69 6E 89 E3 }
    $x64a = { 48 BB 2F 62 69 6E 2F 73 68 00 }
    $x64b = { 48 BB 2F 62 69 6E 2F 2F 73 68 }
    $x64c = { 48 B8 2F 62 69 6E 2F 73 68 00 }
  condition:
    any of them
}

rule beacon {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient un agent de prise de contrôle à distance (Cobalt Strike ou semblable)."
    description = "The object holds a remote-control agent (Cobalt Strike or alike)."
    reference = "MITRE ATT&CK S0154"
  strings:
    $a1 = "beacon.x64.dll"
    $a2 = "beacon.x86.dll"
    $a3 = "ReflectiveLoader@4"
    $b1 = "%s as %s\\%s: %d"
    $b2 = "Started service %s on %s"
    $b3 = "could not spawn %s"
  condition:
    any of ($a*) or 2 of ($b*)
}

rule meterpreter {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient un agent de prise de contrôle à distance (Meterpreter)."
    description = "The object holds a remote-control agent (Meterpreter)."
  strings:
    $a1 = "metsrv.dll"
    $a2 = "metsrv.x64.dll"
    $a3 = "meterpreter_reverse_" nocase
  condition:
    any of them
}
