# shellcheck shell=bash
# A whole Slurm on this machine, for tests: munged, slurmctld and two slurmd (n1, n2), on loopback, in a temporary folder, without
# systemd. To be sourced; cluster_up FOLDER makes it, cluster_down ends every process of it by its number.
#
# Needs root: slurmd starts jobs as the user who sent them.

# Numbers of the daemons' processes by name.
declare -A daemon=()

# Prints COUNT ports of loopback that nobody listens on, one a line.
free_ports() {
  local port count=$1
  for port in $(shuf -i 20000-31999); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    echo "$port"
    [ $((count -= 1)) -gt 0 ] || return 0
  done
}

# until_true SECONDS COMMAND...: tries until it succeeds; 1 where it did not in time.
until_true() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

cluster_up() { # cluster_up FOLDER
  cluster=$1
  local host ports
  host=$(hostname -s)
  mapfile -t ports < <(free_ports 3)
  mkdir -p "$cluster"/{state,n1,n2,munge}
  chmod 755 "$cluster"
  chmod 700 "$cluster/munge"
  mungekey --create --keyfile="$cluster/munge/key"
  cat >"$cluster/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=${ports[0]}
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=bf_interval=1,sched_interval=2,sched_min_interval=0,batch_sched_delay=0
ReturnToService=2
KillWait=10
MpiDefault=none
StateSaveLocation=$cluster/state
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/%n.pid
SlurmdSpoolDir=$cluster/%n
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=1 RealMemory=500 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=1 RealMemory=500 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
  export SLURM_CONF=$cluster/slurm.conf
  start_daemon munged munged -F -f -S "$cluster/munge/socket" --key-file="$cluster/munge/key" \
    --pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed"
  until_true 10 test -S "$cluster/munge/socket" || return 1
  start_daemon slurmctld slurmctld -D -f "$SLURM_CONF"
  until_true 20 controller_is_up || return 1
  start_daemon n1 slurmd -D -f "$SLURM_CONF" -N n1
  start_daemon n2 slurmd -D -f "$SLURM_CONF" -N n2
  until_true 20 nodes_are_idle
}

start_daemon() { # start_daemon NAME COMMAND...
  "${@:2}" >"$cluster/$1.out" 2>&1 &
  daemon[$1]=$!
}

controller_is_up() { scontrol ping 2>/dev/null | grep -q UP; }
nodes_are_idle() { [ "$(sinfo --noheader --Node --format=%T 2>/dev/null | grep -c '^idle$')" -eq 2 ]; }

# Ends one daemon as a crash would.
kill_daemon() { # kill_daemon NAME
  kill -KILL "${daemon[$1]}" 2>/dev/null
  wait "${daemon[$1]}" 2>/dev/null
  unset "daemon[$1]"
}

# Jobs first: what runs them outlives slurmd. Then every daemon by its number.
cluster_down() {
  [ -n "${cluster-}" ] || return 0
  local name
  if [ -n "${daemon[slurmctld]-}" ]; then
    timeout 10 scancel --user=root --signal=KILL --full 2>/dev/null
    timeout 10 scancel --user=root 2>/dev/null
    until_true 20 queue_is_empty
  fi
  for name in n1 n2 slurmctld munged; do
    [ -n "${daemon[$name]-}" ] || continue
    kill "${daemon[$name]}" 2>/dev/null
    until_true 5 has_ended "${daemon[$name]}" || kill -KILL "${daemon[$name]}" 2>/dev/null
    wait "${daemon[$name]}" 2>/dev/null
  done
  daemon=()
}

queue_is_empty() { [ -z "$(timeout 5 squeue --noheader 2>/dev/null)" ]; }
has_ended() { ! kill -0 "$1" 2>/dev/null; }
