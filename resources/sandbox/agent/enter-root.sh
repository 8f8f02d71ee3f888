#!/bin/sh
# Second step, as root of new user, mount, pid, uts, ipc and network namespaces: builds
# the throwaway root, leaves the host's root behind for good and becomes init.
#
# usage: enter-root.sh STAGING SIZE HOSTNAME ADDRESS AGENT_FOLDER HOST_ROOT_DEVICE MAIN...
set -eu
staging=$1 size=$2 hostname=$3 address=$4 agent_folder=$5 host_root_device=$6
shift 6
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

hostname "$hostname"

# The network is the container's own: the host's has its metadata service, its
# local servers and its desktop's abstract sockets. Perl is what small Debians
# have: 0x8914 is SIOCSIFFLAGS, 0x41 is IFF_UP and IFF_RUNNING.
ip link set lo up 2>/dev/null ||
  ifconfig lo up 2>/dev/null ||
  "$staging/base/usr/bin/busybox" ip link set lo up 2>/dev/null ||
  perl -e 'socket(S,2,2,0) && ioctl(S,0x8914,pack("a16sx22","lo",0x41)) or exit 1' 2>/dev/null ||
  echo 'this system has no ip, ifconfig or perl: localhost inside leads nowhere' >&4

# Everything written from here on is in memory and goes with the namespace.
# Paths are relative so that a container's list of mounts names no host folder.
cd "$staging"
mount -t tmpfs -o "mode=755,size=$size" porthole live
cd live
mkdir upper work root none
if ! mount -t overlay porthole -o lowerdir=../image:../base,upperdir=upper,workdir=work,userxattr root 2>none/why; then
  echo "overlay refused, copying instead: $(cat none/why)" >&4
  mount -t tmpfs -o "mode=755,size=$size" porthole root
  cp -a ../base/. ../image/. root/
fi
rm -f none/why

cd root
mkdir -p dev proc sys tmp run home root var/log var/tmp etc
chmod 1777 tmp var/tmp
chmod 700 root
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t tmpfs -o mode=755,nosuid,size=64k dev dev
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

mkdir ".$agent_folder"
if ! mount -t overlay porthole-agent -o ro,lowerdir=../../agent:../none ".$agent_folder" 2>/dev/null; then
  mount --bind ../../agent ".$agent_folder"
  mount -o remount,bind,ro ".$agent_folder"
fi

echo "$hostname" >etc/hostname
printf '127.0.0.1 localhost\n%s %s %s\n' "$address" "$hostname" "${hostname%%.*}" >etc/hosts
# The address of a VPC's resolver. It answers nobody here, so the wait is short.
printf 'nameserver 10.0.0.2\noptions timeout:1 attempts:1\n' >etc/resolv.conf

mkdir .host
pivot_root . .host
cd /
umount -l /.host
rmdir /.host

# No namespaces within: they would hand out the capabilities dropped below.
echo 0 >/proc/sys/user/max_user_namespaces
# What Docker leaves to a container's root, without raw sockets and device nodes.
exec setpriv --no-new-privs --inh-caps -all \
  --bounding-set -all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot \
  /bin/bash "$agent_folder/init" "$host_root_device" "$@"
