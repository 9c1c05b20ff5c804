import { Component, lazy, type ReactNode, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { NEW_PAPER_PAGE } from './data/paths.js'
import { sure } from './data/sure.js'
import { Overview } from './pages/overview.js'
import { Frame } from './parts/frame.js'
import { SkeletonRows } from './parts/loaded.js'
import { Page } from './parts/page.js'
import { ProblemBox } from './parts/problem-box.js'

const Runs = lazy(sure(() => import('./pages/runs.js').then(page => ({ default: page.Runs }))))
const Run = lazy(sure(() => import('./pages/run.js').then(page => ({ default: page.Run }))))
const Quality = lazy(sure(() => import('./pages/quality.js').then(page => ({ default: page.Quality }))))
const Papers = lazy(sure(() => import('./pages/papers.js').then(page => ({ default: page.Papers }))))
const Paper = lazy(sure(() => import('./pages/paper.js').then(page => ({ default: page.Paper }))))
const PaperEdit = lazy(sure(() => import('./pages/paper-edit.js').then(page => ({ default: page.PaperEdit }))))
const PaperNew = lazy(sure(() => import('./pages/paper-new.js').then(page => ({ default: page.PaperNew }))))
const Contract = lazy(sure(() => import('./pages/contract.js').then(page => ({ default: page.Contract }))))
const Alerts = lazy(sure(() => import('./pages/alerts.js').then(page => ({ default: page.Alerts }))))

export function App(): ReactNode {
  const [path] = useLocation()
  return (
    <Frame>
      <Caught key={path}>
        <Suspense fallback={<SkeletonRows rows={6} height="3rem" />}>
          <Switch>
            <Route path="/" component={Overview} />
            <Route path="/runs" component={Runs} />
            <Route path="/runs/:dataset/:key">
              {({ dataset, key }) => <Run key={`${dataset}/${key}`} dataset={dataset} runKey={key} />}
            </Route>
            <Route path="/quality/:dataset?">
              {({ dataset }) => <Quality key={dataset ?? ''} dataset={dataset} />}
            </Route>
            <Route path="/papers" component={Papers} />
            <Route path="/papers/:id">{({ id }) => <Paper key={id} id={id} />}</Route>
            <Route path={NEW_PAPER_PAGE} component={PaperNew} />
            <Route path="/papers/:id/edit">{({ id }) => <PaperEdit key={id} id={id} />}</Route>
            <Route path="/contract/:dataset?">
              {({ dataset }) => <Contract key={dataset ?? ''} dataset={dataset} />}
            </Route>
            <Route path="/alerts" component={Alerts} />
            <Route>
              <Page title="There is no such page" lead="The address may be cut, or of an older version.">
                <p>The pages are in the row above.</p>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </Caught>
    </Frame>
  )
}

/** A page that fails takes nothing else with it: another address shows another page. */
class Caught extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error: error ?? new Error('unknown') }
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children
    return <ProblemBox error={this.state.error} retry={() => this.setState({ error: undefined })} />
  }
}
