# Read by every interactive bash.
[ -z "$PS1" ] && return
shopt -s checkwinsize
PS1='\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]# '
alias ls='ls --color=auto'
alias grep='grep --color=auto'
