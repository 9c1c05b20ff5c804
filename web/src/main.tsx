import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/parts.css'
import './styles/forms.css'
import './styles/tables.css'
import './styles/charts.css'
import './styles/pages.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import { makeQueryClient } from './data/query-client.js'
import { applyTheme, readTheme } from './parts/theme.js'

// Before anything is painted.
applyTheme(readTheme())
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
