import './app/polyfills.ts'
import './app/tokens.css'
import './app/theme/fonts.css'
import './app/theme/base.css'
import { connectToHost } from './app/core/connect.ts'
import { createCoreLink } from './app/core/core-link.ts'
import { startPage } from './app/start-page.tsx'

void startPage(createCoreLink(connectToHost))
