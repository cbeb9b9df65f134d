# The menu; what each line does is in xtask/.
.DEFAULT_GOAL := help
.PHONY: help run test lint soak release bench images screenshots deploy undeploy verify e2e-cluster

help: ## this menu
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

run: ## build and serve the app on http://127.0.0.1:3000, with an embedded database
	@xtask/start run

test: ## everything that must hold: lint, then all tests, those in the browser included
	@xtask/start test

lint: ## format, clippy, licences and sources of dependencies
	@xtask/start lint

soak: ## kill, crowd and fuzz it for an hour; ARGS="--rounds 5 --minutes 1" for minutes
	@xtask/start soak $(ARGS)

release: ## the programs for production, in target/release
	@xtask/start release

bench: ## how fast and small it is, beside pgbench, into docs/performance.md; ten minutes on a quiet machine
	@xtask/start bench $(ARGS)

images: ## the container images todo-backend, todo-frontend and todo, by Docker
	@xtask/start images

screenshots: ## docs/screenshots: each page from a real run, and what is deployed on the cluster
	@xtask/start screenshots

deploy: ## build, load and install on the cluster that kubectl points at; ARGS="--help" tells the flags
	@xtask/start deploy $(ARGS)

undeploy: ## take the application off the cluster; asks before it deletes data
	@xtask/start undeploy $(ARGS)

verify: ## check the plan's success criteria on the cluster; restarts backend and development database
	@xtask/start verify $(ARGS)

e2e-cluster: ## deploy, check, break, mend and remove, on the testbed or the cluster of KUBECONFIG
	@xtask/start e2e-cluster $(ARGS)
