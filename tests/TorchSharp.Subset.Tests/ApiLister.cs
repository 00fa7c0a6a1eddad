using System.Globalization;
using System.Reflection;

namespace TorchSharp.Tests;

/// <summary>Writes the public and protected members of an assembly as text, one a line, sorted.</summary>
internal static class ApiLister
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static IEnumerable<string> List(Assembly assembly) =>
        assembly.GetExportedTypes()
            .SelectMany(type => Members(type).Select(member => $"{Name(type)}: {member}"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Members(Type type)
    {
        yield return type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => "class",
        };
        if (type.IsEnum)
        {
            foreach (object value in Enum.GetValues(type)) yield return $"{value} = {Convert.ToInt64(value, CultureInfo.InvariantCulture)}";
            yield break;
        }
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared))
            if (IsVisible(constructor) && !constructor.IsStatic) yield return $"new({Parameters(constructor)})";
        foreach (FieldInfo field in type.GetFields(Declared))
            if (field.IsPublic || field.IsFamily) yield return $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared))
        {
            if (!IsVisible(method) || method.Name.Contains('<')) continue;
            string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string kind = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.IsOut ? "out " : "";
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "";
        return $"{kind}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Name(Type type)
    {
        if (type.IsGenericParameter) return type.Name;
        if (type.IsByRef) return Name(type.GetElementType()!) + "&";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        string name = type.Name.Split('`')[0];
        const string root = "TorchSharp.";
        if (type.DeclaringType is { } outer) name = $"{Name(outer)}.{name}";
        else if (type.Namespace is { } space && space.StartsWith(root, StringComparison.Ordinal)) name = $"{space[root.Length..]}.{name}";
        Type[] arguments = [.. type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0)];
        return arguments.Length == 0 ? name : $"{name}<{string.Join(", ", arguments.Select(Name))}>";
    }
}
