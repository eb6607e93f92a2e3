// SPDX-License-Identifier: MIT
// Runs a declarative Jenkinsfile as Jenkins would, as far as what the steps do to each other goes: sh
// is really run, every other step is told of as "STEP NAME ARGUMENTS". Ends with the build's code.
// usage: groovy pipeline.groovy JENKINSFILE [PARAMETER=VALUE...]
import org.codehaus.groovy.control.CompilerConfiguration

abstract class Pipeline extends Script {
    static int code = 0
    static Map parameters = [:]
    static Map variables = [:]
    static boolean running = false

    // What has a block and what is in there.
    static conditions = [
        always: { true }, success: { code == 0 }, failure: { code != 0 },
        unsuccessful: { code != 0 }, cleanup: { true },
    ]
    static transparent = ['pipeline', 'stages', 'stage', 'steps', 'post', 'options', 'parameters',
        'agent', 'environment']

    static int shell(String script) {
        def file = File.createTempFile('step', '.sh')
        file.text = script
        def builder = new ProcessBuilder('sh', '-xe', file.path).inheritIO()
        builder.environment().putAll(parameters + variables)
        def rc = builder.start().waitFor()
        file.delete()
        return rc
    }

    def invokeMethod(String name, Object arguments) {
        def given = arguments as List
        def block = given && given[-1] instanceof Closure ? given[-1] : null
        if (block) {
            if (name in conditions ? !conditions[name]() : !(name in transparent)) {
                if (!(name in conditions)) {
                    throw new MissingMethodException(name, getClass(), arguments as Object[])
                }
                return
            }
            block.delegate = name == 'environment' ? variables : this
            block.resolveStrategy = name == 'environment' ? Closure.DELEGATE_FIRST :
                Closure.OWNER_FIRST
            return block()
        }
        if (name == 'string') {
            def parameter = given[0]
            parameters.putIfAbsent(parameter.name, parameter.defaultValue)
        } else if (name == 'sh') {
            if (!running) {
                // After a failure only what is in post.
                def rc = shell(given[0])
                code = code ?: rc
            }
        } else {
            println "STEP $name ${given.join(' ')}"
            System.out.flush()
        }
        return given ? given[0] : name
    }
}

def file = new File(args[0])
args.drop(1).each { def (key, value) = it.split('=', 2) as List; Pipeline.parameters[key] = value }
def configuration = new CompilerConfiguration(scriptBaseClass: Pipeline.name)
new GroovyShell(this.class.classLoader, new Binding(), configuration).evaluate(file)
System.exit(Pipeline.code)
