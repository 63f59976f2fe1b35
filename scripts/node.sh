# Sourced: a Node that is new enough, and npm packages in a cache outside the checkout.

cache=${TRUCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/truce}
node_major_min=20
node_version=20.19.5
mkdir -p "$cache"

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    [[ $(node -p 'process.versions.node.split(".")[0]') -ge $node_major_min ]]
}

# need_node [FOLDER]: what its package.json asks for, where that is newer.
# Debian 12 has Node 18. Its npm is enough to fetch a newer Node from the npm registry.
need_node() {
  local asked
  asked=$([[ -z ${1:-} ]] || sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' "$1/package.json")
  [[ -z $asked ]] || node_major_min=${asked%%.*} node_version=$asked
  has_node && return
  local folder=$cache/node-$node_version machine
  export PATH=$folder/node_modules/.bin:$PATH
  if ! has_node; then
    case $(uname -m) in
      x86_64) machine=x64 ;;
      aarch64) machine=arm64 ;;
      *) echo "Please install Node $node_major_min or newer and npm." >&2; return 3 ;;
    esac
    if ! command -v npm >/dev/null; then
      echo "Please install npm (Debian: apt-get install npm), or Node $node_major_min or newer." >&2
      return 3
    fi
    echo "Installing Node $node_version into $folder"
    mkdir -p "$folder/node_modules/.bin"
    echo '{"private": true}' >"$folder/package.json"
    (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund --silent \
      "node-linux-$machine@$node_version" npm@10)
    ln -sfn "../node-linux-$machine/bin/node" "$folder/node_modules/.bin/node"
  fi
  has_node
}

# Installs the package.json of a folder, by its .npmrc, into the cache; does nothing while it is what is installed.
install_packages() {
  local from=$1 folder
  folder=$cache/$(basename "$from")
  mkdir -p "$folder"
  if [[ -d $folder/node_modules ]] && cmp -s "$from/package.json" "$folder/installed.json"; then return; fi
  echo "Installing the npm packages of $from into $folder (once)"
  cp "$from/package.json" "$folder/package.json"
  [[ ! -e $from/.npmrc ]] || cp "$from/.npmrc" "$folder/.npmrc"
  rm -rf "$folder/node_modules" "$folder/package-lock.json"
  if ! (cd "$folder" && npm install --ignore-scripts --no-audit --no-fund) >"$folder/install.log" 2>&1; then
    tail -n 20 "$folder/install.log" >&2
    echo "The npm packages could not be installed." >&2
    return 3
  fi
  [[ ! -e $from/after-install ]] || "$PWD/$from/after-install" "$folder"
  cp "$from/package.json" "$folder/installed.json"
}
