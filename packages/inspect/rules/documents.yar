// Documents, shortcuts, pages and texts that act when opened.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule office_macro {
  meta:
    severity = "malicious"
    description_fr = "Un document Office contient une macro qui se lance seule et agit sur la machine."
    description = "An Office document holds a macro that starts by itself and acts on the machine."
    reference = "MITRE ATT&CK T1204.002"
  strings:
    $auto0 = "AutoOpen" ascii wide nocase
    $auto1 = "Auto_Open" ascii wide nocase
    $auto2 = "Document_Open" ascii wide nocase
    $auto3 = "Workbook_Open" ascii wide nocase
    $auto4 = "AutoExec" ascii wide nocase
    $auto5 = "AutoClose" ascii wide nocase
    $act0 = "WScript.Shell" ascii wide nocase
    $act1 = "URLDownloadToFile" ascii wide nocase
    $act2 = "ShellExecute" ascii wide nocase
    $act3 = "powershell" ascii wide nocase
    $act4 = "MSXML2.XMLHTTP" ascii wide nocase
    $act5 = "cmd.exe /c" ascii wide nocase
  condition:
    uint32be(0) == 0xD0CF11E0 and any of ($auto*) and any of ($act*)
}

rule macro_source {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient le texte d’une macro qui se lance seule et agit sur la machine."
    description = "The object holds the text of a macro that starts by itself and acts on the machine."
    reference = "MITRE ATT&CK T1204.002"
  strings:
    $auto0 = "Sub AutoOpen()" ascii wide nocase
    $auto1 = "Sub Auto_Open()" ascii wide nocase
    $auto2 = "Sub Document_Open()" ascii wide nocase
    $auto3 = "Sub Workbook_Open()" ascii wide nocase
    $act0 = "WScript.Shell" ascii wide nocase
    $act1 = "URLDownloadToFile" ascii wide nocase
    $act2 = "ShellExecute" ascii wide nocase
    $act3 = "powershell" ascii wide nocase
    $act4 = "MSXML2.XMLHTTP" ascii wide nocase
  condition:
    any of ($auto*) and any of ($act*)
}

rule rtf_self_updating {
  meta:
    severity = "malicious"
    description_fr = "Un document RTF charge un objet caché dès son ouverture."
    description = "An RTF document loads a hidden object as soon as it is opened."
    reference = "MITRE ATT&CK T1203"
  strings:
    $a = "\\objupdate" nocase
    $b = "\\objdata" nocase
  condition:
    uint32be(0) == 0x7B5C7274 and all of them
}

rule shortcut_command {
  meta:
    severity = "malicious"
    description_fr = "Un raccourci Windows lance une commande au lieu d’ouvrir un document."
    description = "A Windows shortcut runs a command instead of opening a document."
    reference = "MITRE ATT&CK T1204.002"
  strings:
    $a0 = "powershell" ascii wide nocase
    $a1 = "cmd.exe" ascii wide nocase
    $a2 = "rundll32" ascii wide nocase
    $a3 = "wscript" ascii wide nocase
    $a4 = "mshta.exe" ascii wide nocase
    $a5 = "regsvr32" ascii wide nocase
    $a6 = "certutil" ascii wide nocase
  condition:
    uint32be(0) == 0x4C000000 and uint32be(4) == 0x01140200 and any of them
}

rule html_smuggling {
  meta:
    severity = "malicious"
    description_fr = "Une page web fabrique elle-même un fichier et le fait enregistrer."
    description = "A web page makes a file by itself and has it saved."
    reference = "MITRE ATT&CK T1027.006"
  strings:
    $a1 = "msSaveOrOpenBlob" nocase
    $a2 = "URL.createObjectURL(" nocase
    $b = "new Blob(" nocase
    $c1 = "atob(" nocase
    $c2 = "base64ToArrayBuffer" nocase
    $d = ".download" nocase
  condition:
    any of ($a*) and $b and any of ($c*) and $d
}

rule hidden_script {
  meta:
    severity = "suspicious"
    description_fr = "Un script caché sous un codage est décodé et exécuté."
    description = "A script hidden under an encoding is decoded and run."
    reference = "MITRE ATT&CK T1027"
  strings:
    $a1 = "eval(String.fromCharCode(" nocase
    $a2 = "eval(atob(" nocase
    $a3 = "eval(unescape(" nocase
    $a4 = "document.write(unescape(" nocase
    $a5 = "Function(atob(" nocase
  condition:
    any of them
}

rule jndi_lookup {
  meta:
    severity = "malicious"
    description_fr = "Un texte fait charger du code à distance par les programmes Java qui l’écrivent dans leur journal."
    description = "A text makes Java programs that log it load code from elsewhere."
    reference = "CVE-2021-44228"
  strings:
    $a1 = "${jndi:" nocase
    $a2 = "${lower:j}" nocase
    $a3 = "${upper:j}" nocase
    $a4 = "${::-j}" nocase
  condition:
    any of them
}
