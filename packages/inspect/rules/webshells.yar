// Pages that run what a visitor sends them, should an archive ever serve the object as a file.
// Every pattern is at least seven bytes where a rule needs it: the gate before YARA looks at every fourth byte then.

rule php_webshell {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une porte dérobée en PHP, qui exécute ce qu’un visiteur lui envoie."
    description = "The object holds a PHP web shell, which runs what a visitor sends it."
    reference = "MITRE ATT&CK T1505.003"
  strings:
    $a0 = "eval($_POST[" nocase
    $a1 = "eval($_GET[" nocase
    $a2 = "eval($_REQUEST[" nocase
    $a3 = "eval($_COOKIE[" nocase
    $a4 = "assert($_POST[" nocase
    $a5 = "assert($_REQUEST[" nocase
    $a6 = "system($_GET[" nocase
    $a7 = "system($_POST[" nocase
    $a8 = "system($_REQUEST[" nocase
    $a9 = "passthru($_" nocase
    $a10 = "shell_exec($_" nocase
    $a11 = "popen($_GET[" nocase
    $a12 = "proc_open($_" nocase
  condition:
    any of them
}

rule php_packed {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient du code PHP caché sous plusieurs codages et exécuté."
    description = "The object holds PHP code hidden under several encodings and run."
    reference = "MITRE ATT&CK T1027"
  strings:
    $a0 = "eval(base64_decode(" nocase
    $a1 = "eval(gzinflate(" nocase
    $a2 = "eval(gzuncompress(" nocase
    $a3 = "eval(str_rot13(" nocase
    $a4 = "assert(base64_decode(" nocase
  condition:
    any of them
}

rule jsp_webshell {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une porte dérobée en JSP, qui exécute ce qu’un visiteur lui envoie."
    description = "The object holds a JSP web shell, which runs what a visitor sends it."
    reference = "MITRE ATT&CK T1505.003"
  strings:
    $a1 = "getRuntime().exec("
    $a2 = "new ProcessBuilder("
    $b = "request.getParameter("
  condition:
    $b and any of ($a*)
}

rule aspx_webshell {
  meta:
    severity = "malicious"
    description_fr = "L’objet contient une porte dérobée en ASP, qui exécute ce qu’un visiteur lui envoie."
    description = "The object holds an ASP web shell, which runs what a visitor sends it."
    reference = "MITRE ATT&CK T1505.003"
  strings:
    $a1 = "eval(Request.Item[" nocase
    $a2 = "eval(Request(" nocase
    $a3 = "execute(Request(" nocase
    $a4 = "eval request(" nocase
    $a5 = "execute request(" nocase
  condition:
    any of them
}
