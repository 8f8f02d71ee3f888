" Small and predictable: the image carries no vim runtime files.
set nocompatible
set backspace=indent,eol,start
set ruler
