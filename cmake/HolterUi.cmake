# Builds the dashboard and turns it into a source of the api module: ${HOLTER_UI_SOURCE}.
# HOLTER_UI=OFF, or no npm: an empty table, and every command works all the same.
set(HOLTER_UI_SOURCE ${CMAKE_BINARY_DIR}/ui_assets.cc)
set(ui_root ${PROJECT_SOURCE_DIR}/ui)
set(ui_dist ${HOLTER_UI_DIST})
find_program(NPM npm)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

if(HOLTER_UI AND NOT ui_dist AND NPM)
  file(GLOB_RECURSE ui_sources CONFIGURE_DEPENDS ${ui_root}/src/* ${ui_root}/public/*)
  set(ui_dist ${CMAKE_BINARY_DIR}/ui-dist)
  set(ui_work ${CMAKE_BINARY_DIR}/ui-build)
  add_custom_command(
    OUTPUT ${ui_work}/.installed
    COMMAND ${CMAKE_COMMAND} -E make_directory ${ui_work}
    COMMAND ${CMAKE_COMMAND} -E copy package.json package-lock.json ${ui_work}/
    COMMAND ${NPM} ci --prefix ${ui_work} --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${ui_work}/.installed
    DEPENDS ${ui_root}/package.json ${ui_root}/package-lock.json
    WORKING_DIRECTORY ${ui_root}
    COMMENT "Fetching what the dashboard is built with (npm ci)")
  add_custom_command(
    OUTPUT ${ui_dist}/index.html
    COMMAND ${CMAKE_COMMAND} -E copy_directory src ${ui_work}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory public ${ui_work}/public
    COMMAND ${CMAKE_COMMAND} -E copy index.html vite.config.ts svelte.config.js tsconfig.json ${ui_work}/
    COMMAND ${NPM} --prefix ${ui_work} run --silent check
    COMMAND ${NPM} --prefix ${ui_work} run --silent build -- --outDir ${ui_dist} --emptyOutDir --logLevel warn
    DEPENDS ${ui_work}/.installed ${ui_sources} ${ui_root}/index.html ${ui_root}/vite.config.ts ${ui_root}/svelte.config.js ${ui_root}/tsconfig.json
    WORKING_DIRECTORY ${ui_root}
    COMMENT "Building the dashboard")
  set(ui_ready ${ui_dist}/index.html)
  message(STATUS "Dashboard: built with npm")
elseif(HOLTER_UI AND ui_dist)
  set(ui_ready ${ui_dist}/index.html)
  message(STATUS "Dashboard: taken from ${ui_dist}")
else()
  set(ui_dist ${CMAKE_BINARY_DIR}/no-ui)
  message(NOTICE "Dashboard: none (HOLTER_UI=OFF or no npm); every command works without it")
endif()

add_custom_command(
  OUTPUT ${HOLTER_UI_SOURCE}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/embed/embed_ui.py ${ui_dist} ${HOLTER_UI_SOURCE}
  DEPENDS ${ui_ready} ${PROJECT_SOURCE_DIR}/tools/embed/embed_ui.py
  COMMENT "Embedding the dashboard")
