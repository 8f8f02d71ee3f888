export const usage = `Porthole: shells in your ECS containers, and a record of what happened in them

  porthole start      your own AWS configuration
  porthole demo       a local AWS with example accounts and real shells
  porthole web        the browser host only, for programs and remote machines
  porthole sandbox    the local AWS alone
  porthole audit verify [path]       check the audit history, or an export: its .zip or its folder
  porthole audit export PATH         part of it for somebody else; PATH is a new folder or a .zip
  porthole audit import FILE...      CloudTrail's own files, .json or .json.gz, or what lookup-events printed

  --port P            port on 127.0.0.1; any free one without it
  --no-open           do not open a browser
  --browser           browser mode, also where a desktop window could be opened
  --electron P        the Electron program to open a desktop window with
  --demo              with web: against the local AWS
  --tasks N           with demo: about how many tasks the local AWS runs
  --accounts N        with demo: N more accounts to choose from
  --unpaced           with demo: output as fast as this computer can, not at AWS's pace
  --data-folder F     where settings, ledger and recordings live
  --endpoint-url U    with start and web: where all of AWS is, whatever else is configured
  --session ID        with export: one session; --task ARN, --since and --until choose others
  --redacted          with export: without known kinds of secrets, and without recordings
  --text              with export: recordings also as plain text; --asciicast-v2 for older players
  --as FORM           with export and --session: the recording alone, as asciicast-v3, asciicast-v2 or text
  --ready-file F      with sandbox: where to write what clients need to know`
