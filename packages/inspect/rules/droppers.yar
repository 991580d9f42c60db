// Commands that fetch or start a program: what stands in a text, a script, a shortcut.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule powershell_encoded {
  meta:
    severity = "malicious"
    description_fr = "Une commande PowerShell codée est cachée dans l’objet : c’est ainsi que des programmes malveillants se lancent."
    description = "An encoded PowerShell command is hidden in the object: that is how malicious programs start."
    reference = "MITRE ATT&CK T1059.001"
  strings:
    $a = /powershell(\.exe)?[^\n]{0,120}[-\/]e(c|nc|ncodedcommand)?[ \t]+["']?[A-Za-z0-9+\/=]{40}/ ascii wide nocase
  condition:
    $a
}

rule powershell_download {
  meta:
    severity = "malicious"
    description_fr = "Une commande PowerShell télécharge et exécute un programme."
    description = "A PowerShell command downloads and runs a program."
    reference = "MITRE ATT&CK T1105"
  strings:
    $shell = "powershell" ascii wide nocase
    $get1 = "DownloadString(" ascii wide nocase
    $get2 = "DownloadFile(" ascii wide nocase
    $get3 = "DownloadData(" ascii wide nocase
    $get4 = "Invoke-WebRequest" ascii wide nocase
    $get5 = "Start-BitsTransfer" ascii wide nocase
  condition:
    $shell and any of ($get*)
}

rule powershell_cradle {
  meta:
    severity = "malicious"
    description_fr = "Une ligne PowerShell exécute directement ce qu’elle télécharge."
    description = "A PowerShell line runs straight away what it downloads."
    reference = "MITRE ATT&CK T1059.001"
  strings:
    $a = /(iex|invoke-expression)[ (&"']{1,6}new-object +(system\.)?net\.webclient/ nocase
    $b = /new-object +(system\.)?net\.webclient\)\.download(string|data)\([^)\n]{1,200}\) *\| *(iex|invoke-expression)/ nocase
  condition:
    any of them
}

rule powershell_hidden {
  meta:
    severity = "malicious"
    description_fr = "Une commande PowerShell se cache et contourne les règles d’exécution."
    description = "A PowerShell command hides itself and bypasses execution policy."
    reference = "MITRE ATT&CK T1564.003"
  strings:
    $shell = "powershell" ascii wide nocase
    $hide1 = "-windowstyle hidden" ascii wide nocase
    $hide2 = "-w hidden" ascii wide nocase
    $pass1 = "-executionpolicy bypass" ascii wide nocase
    $pass2 = "-ep bypass" ascii wide nocase
    $pass3 = "-exec bypass" ascii wide nocase
  condition:
    $shell and any of ($hide*) and any of ($pass*)
}

rule mshta_remote {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande mshta qui exécute un script venu d’ailleurs."
    description = "The object holds an mshta command that runs a script from elsewhere."
    reference = "MITRE ATT&CK T1218.005"
  strings:
    $a0 = "mshta http" ascii wide nocase
    $a1 = "mshta.exe http" ascii wide nocase
    $a2 = "mshta \"http" ascii wide nocase
    $a3 = "mshta.exe \"http" ascii wide nocase
    $a4 = "mshta javascript:" ascii wide nocase
    $a5 = "mshta vbscript:" ascii wide nocase
    $a6 = "mshta.exe javascript:" ascii wide nocase
    $a7 = "mshta.exe vbscript:" ascii wide nocase
  condition:
    any of them
}

rule regsvr32_scriptlet {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande regsvr32 qui exécute un script venu d’ailleurs."
    description = "The object holds a regsvr32 command that runs a script from elsewhere."
    reference = "MITRE ATT&CK T1218.010"
  strings:
    $a = "regsvr32" ascii wide nocase
    $b = "scrobj.dll" ascii wide nocase
  condition:
    all of them
}

rule certutil_fetch {
  meta:
    severity = "malicious"
    description_fr = "L’objet détourne certutil pour télécharger ou décoder un programme."
    description = "The object misuses certutil to download or decode a program."
    reference = "MITRE ATT&CK T1140"
  strings:
    $a = "certutil" ascii wide nocase
    $b1 = "-urlcache" ascii wide nocase
    $b2 = "/urlcache" ascii wide nocase
    $b3 = "-verifyctl" ascii wide nocase
    $b4 = "-decodehex" ascii wide nocase
    $b5 = "certutil -decode " ascii wide nocase
    $b6 = "certutil.exe -decode " ascii wide nocase
  condition:
    $a and any of ($b*)
}

rule bitsadmin_transfer {
  meta:
    severity = "malicious"
    description_fr = "L’objet détourne bitsadmin pour télécharger un programme."
    description = "The object misuses bitsadmin to download a program."
    reference = "MITRE ATT&CK T1197"
  strings:
    $a = "bitsadmin" ascii wide nocase
    $b = "/transfer" ascii wide nocase
  condition:
    all of them
}

rule rundll32_script {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande rundll32 qui exécute un script."
    description = "The object holds a rundll32 command that runs a script."
    reference = "MITRE ATT&CK T1218.011"
  strings:
    $a = "rundll32" ascii wide nocase
    $b = "javascript:" ascii wide nocase
    $c = "RunHTMLApplication" ascii wide nocase
  condition:
    $a and ($b or $c)
}

rule wmic_process_create {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande qui lance un processus par WMI."
    description = "The object holds a command that starts a process through WMI."
    reference = "MITRE ATT&CK T1047"
  strings:
    $a = "process call create" ascii wide nocase
    $b = "wmic " ascii wide nocase
    $c = "wmic.exe " ascii wide nocase
  condition:
    $a and ($b or $c)
}

rule scheduled_task {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande qui s’installe pour être relancée plus tard."
    description = "The object holds a command that installs itself to be run again later."
    reference = "MITRE ATT&CK T1053.005"
  strings:
    $a1 = "schtasks /create" ascii wide nocase
    $a2 = "schtasks.exe /create" ascii wide nocase
    $b1 = "powershell" ascii wide nocase
    $b2 = "rundll32" ascii wide nocase
    $b3 = "wscript" ascii wide nocase
    $b4 = "cmd.exe /c" ascii wide nocase
  condition:
    any of ($a*) and any of ($b*)
}

rule registry_run_key {
  meta:
    severity = "suspicious"
    description_fr = "L’objet contient une commande qui inscrit un programme au démarrage de Windows."
    description = "The object holds a command that registers a program to start with Windows."
    reference = "MITRE ATT&CK T1547.001"
  strings:
    $a = "reg add " ascii wide nocase
    $b = "\\CurrentVersion\\Run" ascii wide nocase
  condition:
    all of them
}

rule script_download {
  meta:
    severity = "malicious"
    description_fr = "Un script télécharge un fichier et l’enregistre pour l’exécuter."
    description = "A script downloads a file and saves it to run it."
    reference = "MITRE ATT&CK T1059.005"
  strings:
    $a1 = "MSXML2.XMLHTTP" ascii wide nocase
    $a2 = "WinHttp.WinHttpRequest" ascii wide nocase
    $a3 = "MSXML2.ServerXMLHTTP" ascii wide nocase
    $b = "ADODB.Stream" ascii wide nocase
    $c = "SaveToFile" ascii wide nocase
  condition:
    any of ($a*) and $b and $c
}

rule shell_pipe {
  meta:
    severity = "malicious"
    description_fr = "Une ligne télécharge un script et le donne aussitôt à exécuter."
    description = "A line downloads a script and has it run at once."
    reference = "MITRE ATT&CK T1059.004"
  strings:
    $a1 = "curl -fsSL http" nocase
    $a2 = "curl -sSL http" nocase
    $a3 = "curl -s http" nocase
    $a4 = "wget -qO- http" nocase
    $a5 = "wget -q -O - http" nocase
    $b1 = "| bash"
    $b2 = "|bash"
    $b3 = "| sh"
    $b4 = "|sh"
  condition:
    any of ($a*) and any of ($b*)
}
