// Commands that open the machine to somebody else.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule reverse_shell_bash {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande qui ouvre la machine à un tiers (shell inversé)."
    description = "The object holds a command that opens the machine to somebody else (reverse shell)."
    reference = "MITRE ATT&CK T1059.004"
  strings:
    $a1 = "/dev/tcp/"
    $a2 = "/dev/udp/"
    $b1 = "bash -i"
    $b2 = "sh -i"
    $b3 = "0>&1"
    $b4 = "<&5"
  condition:
    any of ($a*) and any of ($b*)
}

rule reverse_shell_netcat {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande netcat qui ouvre la machine à un tiers."
    description = "The object holds a netcat command that opens the machine to somebody else."
    reference = "MITRE ATT&CK T1059"
  strings:
    $a1 = "nc -e /bin/"
    $a2 = "ncat -e /bin/"
    $a3 = "nc.exe -e cmd" nocase
    $a4 = "nc -c /bin/"
    $a5 = "ncat --exec" nocase
    $a6 = /mkfifo +\/tmp\/[^\n]{1,160}\| *nc /
  condition:
    any of them
}

rule reverse_shell_script {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient un script qui ouvre la machine à un tiers."
    description = "The object holds a script that opens the machine to somebody else."
    reference = "MITRE ATT&CK T1059"
  strings:
    $py1 = "socket.socket("
    $py2 = "os.dup2("
    $py3 = "pty.spawn("
    $net1 = "fsockopen("
    $net2 = "use Socket;"
    $net3 = "TCPSocket.open("
    $sh = "/bin/sh -i"
  condition:
    ($py1 and ($py2 or $py3)) or ($sh and any of ($net*))
}

rule reverse_shell_powershell {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une commande PowerShell qui ouvre la machine à un tiers."
    description = "The object holds a PowerShell command that opens the machine to somebody else."
    reference = "MITRE ATT&CK T1059.001"
  strings:
    $a = "Net.Sockets.TCPClient" ascii wide nocase
    $b = "GetStream()" ascii wide nocase
    $c1 = "Out-String" ascii wide nocase
    $c2 = "Invoke-Expression" ascii wide nocase
  condition:
    $a and $b and any of ($c*)
}

rule python_hidden_code {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient du code Python caché et exécuté."
    description = "The object holds hidden Python code that is run."
    reference = "MITRE ATT&CK T1027"
  strings:
    $a1 = "exec(base64.b64decode("
    $a2 = "exec(__import__('base64')"
    $a3 = "exec(zlib.decompress(base64.b64decode("
    $a4 = "exec(marshal.loads("
  condition:
    any of them
}
