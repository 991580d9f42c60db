@echo off
rem The command line of Leadglass on Windows: the launcher installs what is missing and runs the pinned Node.
if "%~1"=="" (node "%~dp0tools\launch.mjs" help) else (node "%~dp0tools\launch.mjs" %*)
