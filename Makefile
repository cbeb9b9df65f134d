# The menu; what each line does is in xtask/.
.DEFAULT_GOAL := help
.PHONY: help run test lint release images screenshots

help: ## this menu
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

run: ## build and serve the app on http://127.0.0.1:3000, with an embedded database
	@xtask/start run

test: ## everything that must hold: lint, then all tests, those in the browser included
	@xtask/start test

lint: ## format, clippy, licences and sources of dependencies
	@xtask/start lint

release: ## the programs for production, in target/release
	@xtask/start release

images: ## the container images todo-backend, todo-frontend and todo, by Docker
	@xtask/start images

screenshots: ## docs/screenshots: each page in light and dark, from a real run
	@xtask/start screenshots
