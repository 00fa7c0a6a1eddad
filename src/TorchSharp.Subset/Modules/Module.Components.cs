using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private readonly ComponentMap<Module> _modules = new();
            private readonly ComponentMap<(Tensor Tensor, bool Persistent)> _buffers = new();
            private readonly ComponentMap<Parameter> _parameters = new();
            private bool _registered;

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!_buffers.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!_parameters.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    _modules.Remove(name);
                    return;
                }
                if (string.IsNullOrEmpty(name)) throw new ArgumentException("module name can't be empty string \"\"");
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (_modules.Contains(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _modules.TryAdd(name, submodule);
            }

            /// <summary>Registers every field that holds a module, a parameter or (as a buffer) a tensor, under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                if (_registered) return;
                foreach ((string component, FieldInfo field) in Fields())
                {
                    if (_modules.Contains(component) || _parameters.Contains(component) || _buffers.Contains(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }
                _registered = true;
            }

            /// <summary>Registers, replaces or (null) removes.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null) _parameters.Remove(name);
                else _parameters.Set(name, value);
            }

            protected void ConditionallyRegisterParameter(string name, Tensor value) =>
                ConditionallyRegisterParameter(name, value as Parameter);

            /// <summary>Registers, replaces or (null) removes.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null) _buffers.Remove(name);
                else _buffers.Set(name, (value, persistent));
            }

            protected void ClearModules() => _modules.Clear();

            /// <summary>The fields of the class and, unless hidden, of its bases, by the name of what they hold.</summary>
            private IEnumerable<(string Name, FieldInfo Field)> Fields()
            {
                const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                var seen = new HashSet<string>();
                for (Type? type = GetType(); type is not null && type != typeof(Module) && type != typeof(object); type = type.BaseType)
                {
                    foreach (FieldInfo field in type.GetFields(all))
                    {
                        if (!seen.Add(field.Name)) continue;
                        yield return (field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name, field);
                    }
                }
            }
        }
    }
}
