@echo off
rem Installs duzhan from this folder, without a network: install-windows.cmd [PLACE]
rem ASCII only: a console may be in any code page.
setlocal
set "HERE=%~dp0"
set "PLACE=%~1"
if "%PLACE%"=="" set "PLACE=%LOCALAPPDATA%\duzhan"
set "VERSION="
for %%v in (3.13 3.12 3.11) do (
  if not defined VERSION py -%%v -c "pass" >nul 2>nul && set "VERSION=%%v"
)
if not defined VERSION (
  echo Python 3.11, 3.12 or 3.13 ^(64 bit^) is needed; install it first.
  exit /b 1
)
set "LIST=%HERE%lists\windows-amd64-cp%VERSION:.=%.txt"
if not exist "%LIST%" (
  echo %LIST% is missing in this folder.
  exit /b 1
)
py -%VERSION% -m venv "%PLACE%" || exit /b 1
"%PLACE%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%HERE%wheels" --require-hashes --requirement "%LIST%" || exit /b 1
"%PLACE%\Scripts\duzhan.exe" --version || exit /b 1
echo Installed in %PLACE%; run "%PLACE%\Scripts\duzhan.exe" --help
